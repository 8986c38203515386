// Errors in words.
import * as e from "../../abi/errno";

/** What an error of abi/errno.ts is called. */
export function error_text(error: i32): string {
  switch (error) {
    case e.EPERM:
      return "Operation not permitted";
    case e.ESRCH:
      return "No such process";
    case e.E2BIG:
      return "Argument list too long";
    case e.ENOEXEC:
      return "Exec format error";
    case e.ECHILD:
      return "No child processes";
    case e.EAGAIN:
      return "Resource temporarily unavailable";
    case e.EPIPE:
      return "Broken pipe";
    case e.ENOENT:
      return "No such file or directory";
    case e.EIO:
      return "Input/output error";
    case e.EBADF:
      return "Bad file descriptor";
    case e.ENOMEM:
      return "Cannot allocate memory";
    case e.EACCES:
      return "Permission denied";
    case e.EEXIST:
      return "File exists";
    case e.EXDEV:
      return "Invalid cross-device link";
    case e.ENOTDIR:
      return "Not a directory";
    case e.EISDIR:
      return "Is a directory";
    case e.EINVAL:
      return "Invalid argument";
    case e.EMFILE:
      return "Too many open files";
    case e.EFBIG:
      return "File too large";
    case e.ENOSPC:
      return "No space left on device";
    case e.EROFS:
      return "Read-only file system";
    case e.EMLINK:
      return "Too many links";
    case e.ENAMETOOLONG:
      return "File name too long";
    case e.ENOTEMPTY:
      return "Directory not empty";
    case e.ELOOP:
      return "Too many levels of symbolic links";
    default:
      return "Unknown error";
  }
}
