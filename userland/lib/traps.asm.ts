// The system calls: each stub is called like a function, puts its number into EAX and goes through the call gate. The
// kernel reads the arguments behind the return address, so a stub never touches the stack.
import * as traps from "../../abi/mach_traps";
import { eax, ecx, esp, far, mem, type Assembler } from "../../tools/asm";

const stubs: readonly [string, number][] = [
  ["null_trap", traps.TRAP_NULL],
  ["mach_msg_trap", traps.TRAP_MACH_MSG],
  ["mach_reply_port", traps.TRAP_MACH_REPLY_PORT],
  ["mach_thread_self", traps.TRAP_MACH_THREAD_SELF],
  ["mach_task_self", traps.TRAP_MACH_TASK_SELF],
  ["mach_host_self", traps.TRAP_MACH_HOST_SELF],
  ["mach_print", traps.TRAP_MACH_PRINT],
  ["device_writev_trap", traps.TRAP_DEVICE_WRITEV],
  ["device_write_trap", traps.TRAP_DEVICE_WRITE],
  ["swtch", traps.TRAP_SWTCH],
  ["thread_switch", traps.TRAP_THREAD_SWITCH],
  ["vm_map_trap", traps.TRAP_VM_MAP],
  ["vm_allocate_trap", traps.TRAP_VM_ALLOCATE],
  ["vm_deallocate_trap", traps.TRAP_VM_DEALLOCATE],
  ["task_terminate_trap", traps.TRAP_TASK_TERMINATE],
];

/** More than any trap takes. */
const ARGUMENTS_MAX = 12;

/** The gate ignores the offset of the far call. */
const gate = far(traps.TRAP_GATE_SELECTOR, 0);

export default function (a: Assembler): void {
  for (const [name, number] of stubs) {
    a.align(16).function(name).frame(4);
    a.mov(eax, number);
    a.call(gate);
    a.ret();
  }

  // raw_trap(number, first, second, third): the arguments have to move down onto a return address of their own.
  a.align(16).function("raw_trap").frame(4);
  a.mov(eax, mem(esp, 4));
  a.push(mem(esp, 16));
  a.push(mem(esp, 16));
  a.push(mem(esp, 16));
  a.push(0).frame(20);
  a.call(gate);
  a.add(esp, 16).frame(4);
  a.ret();

  // any_trap(number, arguments): copies ARGUMENTS_MAX words behind a return address of their own.
  a.align(16).function("any_trap");
  a.mov(eax, mem(esp, 4));
  a.mov(ecx, mem(esp, 8));
  for (let index = ARGUMENTS_MAX - 1; index >= 0; index--) a.push(mem(ecx, 4 * index));
  a.push(0);
  a.call(gate);
  a.add(esp, 4 * ARGUMENTS_MAX + 4);
  a.ret();
}
