// Exceptions of user threads: a message to the thread's exception port, then to its task's; when nobody makes the thread go
// on, its task ends.
import { stackAlloc } from "../../guest/i386";
import { KERN_SUCCESS, MIG_REPLY_MISMATCH } from "../../abi/kern_return";
import {
  MACH_MSG_SUCCESS,
  MACH_MSG_TYPE_INTEGER_32,
  MACH_MSG_TYPE_PORT_SEND_ONCE,
  MACH_RCV_INTERRUPTED,
  MSG_HEADER_SIZE,
  MSG_TYPE_INLINE,
  MSG_TYPE_NUMBER_SHIFT,
  MSG_TYPE_SIZE_SHIFT,
} from "../../abi/mach_msg";
import { exception_raise } from "../generated/exc_user.generated";
import { ikm_header, ipc_kmsg_destroy, IpcKmsg } from "../ipc/ipc_kmsg";
import { ipc_mqueue_receive } from "../ipc/ipc_mqueue";
import {
  IP_NULL,
  IP_VALID,
  ipc_port_alloc_special,
  ipc_port_copy_send,
  ipc_port_dealloc_special,
  ipc_port_release_send,
  ipc_port_release_sonce,
  IpcPort,
} from "../ipc/ipc_port";
import { ipc_space_reply } from "../ipc/ipc_space";
import { ipc_kobject_abandon } from "./ipc_kobject";
import { kernel_verbose, kprint, kprint_bytes, kprint_hex, kprint_u32 } from "./debug";
import { retrieve_task_self, retrieve_thread_self } from "./ipc_tt";
import { current_task, current_thread } from "./sched";
import { task_name } from "./task";
import { task_terminate } from "./task_life";
import { AST_TERMINATE, thread_user_state } from "./thread";

/** Id and size of the answer to exception_raise, and where its return code is. */
const REPLY_ID: i32 = 2500;
const REPLY_SIZE: u32 = 32;
const REPLY_DESCRIPTOR: usize = MSG_HEADER_SIZE;
const REPLY_CODE: usize = MSG_HEADER_SIZE + 4;
const INTEGER_DESCRIPTOR: u32 =
  MACH_MSG_TYPE_INTEGER_32 | (32 << MSG_TYPE_SIZE_SHIFT) | (1 << MSG_TYPE_NUMBER_SHIFT) | MSG_TYPE_INLINE;
const ANY_SIZE: u32 = 0xffffffff;

/**
 * Raises exception `kind` (EXC_*) in the current thread, whose user registers may be others afterwards. Returns when the
 * thread may go to the border to user mode; it may have to die there.
 */
export function exception(kind: u32, code: i32, subcode: u32): void {
  if (raise(current_thread().ith_exception, kind, code, subcode)) return;
  if (raise(current_task().itk_exception, kind, code, subcode)) return;
  if (kernel_verbose()) print_exception(kind, code, subcode);
  task_terminate(current_task());
}

/** Asks the server of `port` (not consumed; may be null or dead). False if another should be asked. */
function raise(port: IpcPort, kind: u32, code: i32, subcode: u32): bool {
  // The port may be replaced meanwhile.
  const server = ipc_port_copy_send(port);
  if (!IP_VALID(server)) return false;
  const reply = ipc_port_alloc_special(ipc_space_reply());
  let handled: bool = false;
  if (reply != IP_NULL) {
    const thread = retrieve_thread_self(current_thread());
    const task = retrieve_task_self(current_task());
    const sent = exception_raise(server, reply, thread, task, kind, code, subcode);
    if (sent == KERN_SUCCESS) handled = answered(reply);
    // Who ends a thread from its exception's handler can answer all the same.
    if (current_thread().ast & AST_TERMINATE) ipc_kobject_abandon(reply);
    else ipc_port_dealloc_special(reply);
  }
  ipc_port_release_send(server);
  return handled;
}

/** Waits for the answer. An interrupted wait ends the exception: the thread goes back with the registers it now has, or dies. */
function answered(reply: IpcPort): bool {
  const cells = stackAlloc(8);
  const mr = ipc_mqueue_receive(reply, 0, ANY_SIZE, 0, 0, cells);
  if (mr == MACH_RCV_INTERRUPTED) return true;
  if (mr != MACH_MSG_SUCCESS) return false;
  const kmsg = changetype<IpcKmsg>(load<usize>(cells));
  const result = reply_code(kmsg);
  // The right has done what it was for.
  ipc_port_release_sonce(reply);
  kmsg.remote = IP_NULL;
  ipc_kmsg_destroy(kmsg);
  return result == KERN_SUCCESS;
}

function reply_code(kmsg: IpcKmsg): i32 {
  const message = ikm_header(kmsg);
  // No rights, no memory: only the type of the port that the answer came to.
  if (kmsg.bits != <u32>MACH_MSG_TYPE_PORT_SEND_ONCE || kmsg.id != REPLY_ID || kmsg.size != REPLY_SIZE)
    return MIG_REPLY_MISMATCH;
  if (load<u32>(message + REPLY_DESCRIPTOR) != INTEGER_DESCRIPTOR) return MIG_REPLY_MISMATCH;
  return load<i32>(message + REPLY_CODE);
}

function print_exception(kind: u32, code: i32, subcode: u32): void {
  kprint("task ");
  kprint_bytes(task_name(current_task()));
  kprint(" terminated: exception ");
  kprint_u32(kind);
  kprint(" code ");
  kprint_u32(code);
  kprint(" subcode 0x");
  kprint_hex(subcode);
  kprint(" eip 0x");
  kprint_hex(thread_user_state(current_thread()).eip);
  kprint("\n");
}
