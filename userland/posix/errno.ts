// Why a call of this library failed.
import { EIO, ENOMEM } from "../../abi/errno";
import { ERRNO_SYSTEM } from "../../abi/fs";
import { KERN_NO_SPACE, KERN_RESOURCE_SHORTAGE } from "../../abi/kern_return";

export let errno: i32 = 0;

export function set_errno(error: i32): i32 {
  errno = error;
  return -1;
}

/** Notes the return code of a call to a server; 0, or -1 for an error. */
export function note(code: i32): i32 {
  if (code == 0) return 0;
  if ((code & 0xffff0000) == ERRNO_SYSTEM) errno = code & 0xffff;
  else errno = code == KERN_RESOURCE_SHORTAGE || code == KERN_NO_SPACE ? ENOMEM : EIO;
  return -1;
}
