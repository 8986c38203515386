// Entries into the kernel and the way back. Every entry pushes the same frame, class SavedState of saved_state.ts, and
// calls a compiled function. All gates but the call gate turn interrupts off by themselves.
import {
  EFL_RESERVED,
  EFL_TF,
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
} from "../../abi/i386";
import * as traps from "../../abi/mach_traps";
import {
  ax,
  cx,
  dword,
  ecx,
  scaled,
  ds,
  eax,
  es,
  esp,
  fs,
  gs,
  mem,
  ss,
  symbol,
  type Assembler,
} from "../../tools/asm";

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

/** Offset of EAX in the saved state. */
const SAVED_EAX = 44;
const { TRAP_LAST } = traps;

/** The kernel's function of each trap in use (kern/syscall_sw.ts, syscall_subr.ts, device/device_trap.ts). */
const TRAPS = new Map<number, string>([
  ...[-10, -11, -12, -13, -55, -56].map((number): [number, string] => [number, "trap_null"]),
  [traps.TRAP_EVC_WAIT, "trap_evc_wait"],
  [traps.TRAP_EVC_WAIT_CLEAR, "trap_evc_wait"],
  [traps.TRAP_MACH_MSG, "trap_mach_msg"],
  [traps.TRAP_MACH_REPLY_PORT, "mach_reply_port"],
  [traps.TRAP_MACH_THREAD_SELF, "mach_thread_self"],
  [traps.TRAP_MACH_TASK_SELF, "mach_task_self"],
  [traps.TRAP_MACH_HOST_SELF, "mach_host_self"],
  [traps.TRAP_MACH_PRINT, "trap_mach_print"],
  [traps.TRAP_DEVICE_WRITEV, "trap_device_writev"],
  [traps.TRAP_DEVICE_WRITE, "trap_device_write"],
  [traps.TRAP_SWTCH_PRI, "trap_swtch_pri"],
  [traps.TRAP_SWTCH, "trap_swtch"],
  [traps.TRAP_THREAD_SWITCH, "trap_thread_switch"],
  [traps.TRAP_VM_MAP, "trap_vm_map"],
  [traps.TRAP_VM_ALLOCATE, "trap_vm_allocate"],
  [traps.TRAP_VM_DEALLOCATE, "trap_vm_deallocate"],
  [traps.TRAP_TASK_CREATE, "trap_task_create"],
  [traps.TRAP_TASK_TERMINATE, "trap_task_terminate"],
  [traps.TRAP_TASK_SUSPEND, "trap_task_suspend"],
  [traps.TRAP_TASK_SET_SPECIAL_PORT, "trap_task_set_special_port"],
  [traps.TRAP_MACH_PORT_ALLOCATE, "trap_mach_port_allocate"],
  [traps.TRAP_MACH_PORT_DEALLOCATE, "trap_mach_port_deallocate"],
  [traps.TRAP_MACH_PORT_INSERT_RIGHT, "trap_mach_port_insert_right"],
  [traps.TRAP_MACH_PORT_ALLOCATE_NAME, "trap_mach_port_allocate_name"],
  [traps.TRAP_THREAD_DEPRESS_ABORT, "trap_thread_depress_abort"],
  [traps.TRAP_THREAD_SET_SELF_STATE, "trap_thread_set_self_state"],
]);

export default function trapEntries(a: Assembler): void {
  a.outermostFrame();
  vectorStubs(a);
  commonEntry(a);
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

/** Registers above the trap number, as PUSHAD and the segment pushes lay them out. Uses ECX. */
function saveRegisters(a: Assembler): void {
  a.pushad().push(ds).push(es).push(fs).push(gs);
  a.mov(ecx, KERNEL_DS).mov(ds, cx).mov(es, cx);
}

function commonEntry(a: Assembler): void {
  a.function("exception_entry");
  saveRegisters(a);
  // The saved state to go back through is not this one after a fault on the way back to user mode.
  a.cld().push(esp).call("trap").mov(esp, eax).jmp("return_from_trap");

  a.function("interrupt_entry");
  saveRegisters(a);
  a.cld().push(esp).call("interrupt").add(esp, 4).jmp("return_from_trap");

  gateEntry(a);

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
  a.function("gate_entry_end");
}

/**
 * The call gate pushes SS, ESP, CS, EIP and leaves EFLAGS alone, so that interrupts can come in until they are off, and a
 * single-step trap before the first instruction; trap.ts expects both. User mode always has IF set, and so has what is
 * saved. The number in EAX picks the trap of the table in force, a function without arguments whose result is the new EAX.
 * What must be seen to before user mode goes on is in ast_needed (kern/ast.ts).
 */
function gateEntry(a: Assembler): void {
  a.function("gate_entry").pushfd();
  a.label("gate_flags_saved");
  // Above all DF and NT must go: with NT, IRETD would try to switch tasks.
  a.push(EFL_RESERVED).popfd();
  // [ESP] EFLAGS, EIP, CS, ESP, SS  ->  EIP, CS, EFLAGS, ESP, SS
  a.xchg(dword(esp, 8), eax).xchg(dword(esp, 4), eax).xchg(mem(esp), eax).xchg(dword(esp, 8), eax);
  // Nobody reads trapno and err of a system call.
  a.sub(esp, 8);
  saveRegisters(a);
  a.cmp(eax, TRAP_LAST).jb("gate_bad_number");
  a.mov(ecx, dword("trap_table")).call(dword(ecx, scaled(eax, 4), -4 * TRAP_LAST));
  a.label("gate_result").mov(dword(esp, SAVED_EAX), eax);
  a.cmp(dword("ast_needed"), 0).je("return_from_trap");
  a.call("ast_taken").jmp("return_from_trap");

  a.label("gate_bad_number").call("trap_bad_number").jmp("gate_result");

  // kernel_trap comes back here from a single-step trap at gate_entry.
  a.label("gate_entry_stepped").pushfd().or(dword(esp), EFL_TF).jmp("gate_flags_saved");

  a.section(".data").align(4, 0);
  a.label("ast_needed").dd(0);
  // The table in force: that of a task with emulated system calls is another one.
  a.label("trap_table").dd("mach_trap_table");
  a.label("mach_trap_table");
  for (let number = TRAP_LAST; number < 0; number++) a.dd(TRAPS.get(number) ?? "trap_unused");
  a.label("emulated_trap_table");
  for (let number = TRAP_LAST; number < 0; number++) a.dd("trap_emulated");
  a.section(".text");
}

function helpers(a: Assembler): void {
  a.frame(4);
  a.function("breakpoint").int3().ret();
  a.function("entry_code_start_address").mov(eax, symbol("exception_entry")).ret();
  a.function("entry_code_end_address").mov(eax, symbol("gate_entry_end")).ret();
  a.function("select_trap_table");
  a.mov(eax, symbol("mach_trap_table")).cmp(dword(esp, 4), 0).je("trap_table_selected");
  a.mov(eax, symbol("emulated_trap_table"));
  a.label("trap_table_selected").mov(dword("trap_table"), eax).ret();

  a.function("call_trap");
  a.mov(eax, dword(esp, 4)).jmp(dword("mach_trap_table", scaled(eax, 4), -4 * TRAP_LAST));

  a.function("ast_needed_address").mov(eax, symbol("ast_needed")).ret();
  a.function("gate_entry_stepped_address").mov(eax, symbol("gate_entry_stepped")).ret();
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
