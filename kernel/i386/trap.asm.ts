// Entries into the kernel and the way back. Every entry pushes the same frame, class SavedState of saved_state.ts, and
// calls a compiled function with its address. All gates but the call gate turn interrupts off by themselves.
import {
  EFL_IF,
  EFL_RESERVED,
  EXCEPTIONS,
  IDT_ENTRIES,
  KERNEL_CS,
  KERNEL_DS,
  RETURN_IRET,
  RETURN_POINTS,
  T_ALIGNMENT,
  T_DOUBLE_FAULT,
  T_INVALID_TSS,
  T_NOT_PRESENT,
  T_PAGE_FAULT,
  T_PROTECTION,
  T_STACK,
  T_SYSCALL,
} from "../../abi/i386";
import { ax, dword, ds, eax, es, esp, fs, gs, mem, ss, symbol, type Assembler } from "../../tools/asm";

/** Exceptions for which the processor itself pushes an error code. */
const WITH_ERROR_CODE = new Set([
  T_DOUBLE_FAULT,
  T_INVALID_TSS,
  T_NOT_PRESENT,
  T_STACK,
  T_PROTECTION,
  T_PAGE_FAULT,
  T_ALIGNMENT,
]);

export default function trapEntries(a: Assembler): void {
  a.outermostFrame();
  vectorStubs(a);
  commonEntry(a);
  gateEntry(a);
  helpers(a);
}

function vectorStubs(a: Assembler): void {
  for (let vector = 0; vector < IDT_ENTRIES; vector++) {
    a.label(`vector_${vector}`);
    if (!WITH_ERROR_CODE.has(vector)) a.push(0);
    a.push(vector).jmp(vector < EXCEPTIONS ? "exception_entry" : "interrupt_entry");
  }
  a.align(4);
  a.label("vector_table");
  for (let vector = 0; vector < IDT_ENTRIES; vector++) a.dd(`vector_${vector}`);
}

/** Registers above the trap number, as PUSHAD and the segment pushes lay them out. */
function saveRegisters(a: Assembler): void {
  a.pushad().push(ds).push(es).push(fs).push(gs);
  a.mov(eax, KERNEL_DS).mov(ds, ax).mov(es, ax);
  a.cld();
}

function commonEntry(a: Assembler): void {
  a.function("exception_entry");
  saveRegisters(a);
  // The saved state to go back through is not this one after a fault on the way back to user mode.
  a.push(esp).call("trap").mov(esp, eax).jmp("return_from_trap");

  a.function("interrupt_entry");
  saveRegisters(a);
  a.push(esp).call("interrupt").add(esp, 4);

  // ESP = the saved state. The user's selectors and EIP may be bad: return_points are where that comes to light.
  a.function("return_from_trap");
  [gs, fs, es, ds].forEach((segment, index) => a.label(`return_point_${index}`).pop(segment));
  a.popad().add(esp, 8).label(`return_point_${RETURN_IRET}`).iretd();
  a.align(4);
  a.label("return_points");
  for (let point = 0; point < RETURN_POINTS; point++) a.dd(`return_point_${point}`);

  // The first thing a new thread does; its user state lies at ESP.
  a.function("thread_bootstrap");
  a.call("thread_continue").jmp("return_from_trap");
}

/**
 * The call gate pushes SS, ESP, CS, EIP and leaves EFLAGS alone, so that an interrupt or a single-step trap can come in
 * before the first instruction; trap.ts expects both. User mode always has IF set: that is what EFLAGS is saved with.
 */
function gateEntry(a: Assembler): void {
  a.function("gate_entry");
  a.cli();
  a.function("gate_entry_cli");
  a.pushfd().push(eax);
  // [ESP] EAX, EFLAGS, EIP, CS, ESP, SS  ->  EAX, EIP, CS, EFLAGS, ESP, SS
  a.mov(eax, dword(esp, 4)).or(eax, EFL_IF);
  a.xchg(dword(esp, 12), eax).xchg(dword(esp, 8), eax).mov(dword(esp, 4), eax);
  a.mov(eax, mem(esp));
  a.mov(dword(esp, 0), 0);
  a.push(T_SYSCALL);
  saveRegisters(a);
  // NT in particular: with it, IRETD would try to switch tasks.
  a.push(EFL_RESERVED).popfd();
  a.push(esp).call("syscall").add(esp, 4).jmp("return_from_trap");
  a.function("gate_entry_end");
}

function helpers(a: Assembler): void {
  a.frame(4);
  a.function("breakpoint").int3().ret();
  a.function("entry_code_start_address").mov(eax, symbol("exception_entry")).ret();
  a.function("entry_code_end_address").mov(eax, symbol("gate_entry_end")).ret();
  a.function("gate_entry_address").mov(eax, symbol("gate_entry")).ret();
  a.function("vector_table_address").mov(eax, symbol("vector_table")).ret();
  a.function("thread_bootstrap_address").mov(eax, symbol("thread_bootstrap")).ret();

  a.function("return_points_address").mov(eax, symbol("return_points")).ret();

  a.function("kernel_end_address").mov(eax, symbol("__data_end")).ret();

  a.function("reload_segments");
  a.mov(eax, KERNEL_DS).mov(ds, ax).mov(es, ax).mov(ss, ax);
  a.sub(eax, eax).mov(fs, ax).mov(gs, ax);
  a.push(KERNEL_CS).push(symbol("reload_segments_done")).retf();
  a.label("reload_segments_done").ret();

  a.function("toggle_eflags");
  a.pushfd().mov(eax, mem(esp));
  a.xor(eax, dword(esp, 8)).push(eax).popfd();
  a.pushfd().pop(eax).xor(eax, mem(esp));
  a.popfd();
  a.and(eax, dword(esp, 4)).ret();
}
