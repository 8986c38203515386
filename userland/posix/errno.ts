// Why a call of this library failed.
import { error_of } from "../lib/errors";

export let errno: i32 = 0;

export function set_errno(error: i32): i32 {
  errno = error;
  return -1;
}

/** Notes the return code of a call to a server; 0, or -1 for an error. */
export function note(code: i32): i32 {
  if (code == 0) return 0;
  errno = -error_of(code);
  return -1;
}
