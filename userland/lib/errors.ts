// Return codes as Linux's errors.
import { EIO, ENOMEM } from "../../abi/errno";
import { ERRNO_SYSTEM } from "../../abi/fs";
import { KERN_NO_SPACE, KERN_RESOURCE_SHORTAGE } from "../../abi/kern_return";

/** The return code of a call to a server: 0, or a negative error number. */
export function error_of(code: i32): i32 {
  if (code == 0) return 0;
  if ((code & 0xffff0000) == ERRNO_SYSTEM) return -(code & 0xffff);
  return code == KERN_RESOURCE_SHORTAGE || code == KERN_NO_SPACE ? -ENOMEM : -EIO;
}
