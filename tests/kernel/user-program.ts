// Boot modules written in assembler, for specs that look at the border between user and kernel mode.
import {
  TRAP_GATE_SELECTOR,
  TRAP_MACH_HOST_SELF,
  TRAP_MACH_MSG,
  TRAP_MACH_PRINT,
  TRAP_MACH_REPLY_PORT,
  TRAP_MACH_TASK_SELF,
  TRAP_MACH_THREAD_SELF,
  TRAP_SWTCH,
  TRAP_VM_ALLOCATE,
} from "../../abi/mach_traps";
import { MACH_MSG_TYPE_COPY_SEND, MACH_SEND_MSG, MSGH_BITS, MSGH_ID } from "../../abi/mach_msg";
import { MSG_HEADER_SIZE, MSGH_REMOTE_PORT } from "../../abi/mach_msg";
import { RB_HALT, RB_STATUS_SHIFT } from "../../abi/task_types";
import { assemble, dword, eax, ebx, esp, symbol, type Assembler } from "../../tools/asm";
import { writeElf } from "../../tools/compile/elf";

const TEXT_BASE = 0x08048000;
export const HOST_REBOOT = 2635;
/** Descriptor of one inline 32-bit integer. */
export const INTEGER_DESCRIPTOR = 0x10012002;

/** A far call through the trap gate. */
export function trapGate(a: Assembler): void {
  a.db(0x9a, 0, 0, 0, 0, TRAP_GATE_SELECTOR, 0);
}

const traps: Record<string, number> = {
  mach_print: TRAP_MACH_PRINT,
  mach_task_self: TRAP_MACH_TASK_SELF,
  mach_thread_self: TRAP_MACH_THREAD_SELF,
  mach_host_self: TRAP_MACH_HOST_SELF,
  mach_reply_port: TRAP_MACH_REPLY_PORT,
  mach_msg: TRAP_MACH_MSG,
  swtch: TRAP_SWTCH,
  vm_allocate: TRAP_VM_ALLOCATE,
};

/** Prints the 0-terminated string at a label. */
export function print(a: Assembler, label: string): void {
  a.push(symbol(label)).call("mach_print").add(esp, 4);
}

/** Ends the run with `status`; the privileged host port must be name 1. */
export function exit(a: Assembler, status: number): void {
  hostReboot(a, 1, (RB_HALT | (status << RB_STATUS_SHIFT)) >>> 0);
  a.ud2();
}

/** Sends host_reboot to the port of a name, and goes on without a reply. */
export function hostReboot(a: Assembler, port: number, options: number): void {
  a.mov(ebx, symbol("exit_message"));
  a.mov(dword(ebx, MSGH_BITS), MACH_MSG_TYPE_COPY_SEND);
  a.mov(dword(ebx, MSGH_REMOTE_PORT), port);
  a.mov(dword(ebx, MSGH_ID), HOST_REBOOT);
  a.mov(dword(ebx, MSG_HEADER_SIZE), INTEGER_DESCRIPTOR);
  a.mov(dword(ebx, MSG_HEADER_SIZE + 4), options);
  a.push(0)
    .push(0)
    .push(0)
    .push(0)
    .push(MSG_HEADER_SIZE + 8)
    .push(MACH_SEND_MSG)
    .push(ebx);
  a.call("mach_msg").add(esp, 28);
}

/** An ELF program of `body`, which starts at the label `_start`, with stubs of the traps above. */
export function userProgram(body: (a: Assembler) => void): Uint8Array {
  const { bytes, labels } = assemble(
    (a) => {
      body(a);
      for (const [name, number] of Object.entries(traps)) {
        a.label(name).mov(eax, number);
        trapGate(a);
        a.ret();
      }
      a.align(4, 0).label("exit_message").space(64);
    },
    { origin: TEXT_BASE },
  );
  const segment = {
    name: ".text",
    address: TEXT_BASE,
    physical: TEXT_BASE,
    bytes,
    memorySize: bytes.length,
    executable: true,
    writable: true,
  };
  return writeElf({ entry: labels._start, segments: [segment], symbols: [] });
}
