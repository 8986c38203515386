// Ways for a program to do wrong, each as the first instructions of a thread: see programs/fault-test.ts. All of them are
// reached by number through fault_address(n), so that the list stands here only.
import { TRAP_GATE_SELECTOR, TRAP_MACH_MSG } from "../../abi/mach_traps";
import { DEBUG_EXIT_PORT } from "../../abi/debug_exit";
import {
  al,
  bx,
  cr0,
  cr3,
  ds,
  dword,
  dx,
  eax,
  ecx,
  edx,
  esp,
  far,
  mem,
  scaled,
  type Assembler,
} from "../../tools/asm";

const gate = far(TRAP_GATE_SELECTOR, 0);
/** The kernel's first address, and an address that nothing is mapped at. */
const KERNEL = 0xc0000000;
const UNMAPPED = 0x1000;

const ways: readonly [string, (a: Assembler) => void][] = [
  ["reading what is not mapped", (a) => a.mov(eax, mem(UNMAPPED))],
  ["writing what is not mapped", (a) => a.mov(mem(UNMAPPED), eax)],
  ["writing to its own code", (a) => a.mov(mem("fault_address"), eax)],
  ["reading the kernel", (a) => a.mov(eax, mem(KERNEL))],
  ["writing the kernel", (a) => a.mov(mem(KERNEL), eax)],
  ["jumping to what is not mapped", (a) => a.mov(eax, UNMAPPED).jmp(eax)],
  ["jumping into the kernel", (a) => a.mov(eax, KERNEL).jmp(eax)],
  ["an undefined instruction", (a) => a.ud2()],
  ["HLT", (a) => a.hlt()],
  ["CLI", (a) => a.cli()],
  ["OUT to the port that ends the run", (a) => a.mov(dx, DEBUG_EXIT_PORT).out(dx, al)],
  ["a division by zero", (a) => a.xor(edx, edx).xor(ecx, ecx).div(ecx)],
  ["INT 0x80", (a) => a.int(0x80)],
  ["INT3", (a) => a.int3()],
  ["INT 14, which looks like a page fault", (a) => a.int(14)],
  ["a segment that does not exist", (a) => a.mov(bx, 0x1234).mov(ds, bx)],
  ["the kernel's data segment", (a) => a.mov(bx, 0x10).mov(ds, bx)],
  ["a positive trap number", (a) => a.mov(eax, 5).call(gate)],
  ["a trap number beyond the table", (a) => a.mov(eax, -500).call(gate)],
  ["the smallest trap number", (a) => a.mov(eax, 0x80000000).call(gate)],
  ["trap arguments in the kernel", (a) => a.mov(esp, KERNEL).mov(eax, TRAP_MACH_MSG).call(gate)],
  ["trap arguments around the end", (a) => a.mov(esp, 0xfffffff8).mov(eax, TRAP_MACH_MSG).call(gate)],
  ["trap arguments nowhere", (a) => a.mov(esp, UNMAPPED).mov(eax, TRAP_MACH_MSG).call(gate)],
  ["a push below address 0", (a) => a.xor(esp, esp).push(eax)],
  ["reading CR0", (a) => a.mov(eax, cr0)],
  ["loading CR3", (a) => a.mov(cr3, eax)],
  ["LGDT", (a) => a.lgdt(mem(esp))],
  ["LIDT", (a) => a.lidt(mem(esp))],
  ["CLTS", (a) => a.clts()],
  ["single steps that nobody wants to see", (a) => a.pushfd().or(dword(esp), 0x100).popfd().nop().nop()],
  ["IRET to the kernel's code segment", (a) => a.pushfd().push(8).push(KERNEL).iretd()],
  ["a far jump to the kernel's code segment", (a) => a.jmp(far(8, KERNEL))],
];

export default function (a: Assembler): void {
  ways.forEach(([, way], index) => {
    a.align(4).label(`fault${index}`);
    way(a);
    // Whoever gets here has been let through: the thread stays, and the task does not end.
    a.label(`survived${index}`).jmp(`survived${index}`);
  });

  a.align(16).function("fault_address");
  a.mov(eax, mem(esp, 4));
  a.mov(eax, mem("fault_addresses", scaled(eax, 4)));
  a.ret();
  a.align(16).function("fault_name");
  a.mov(eax, mem(esp, 4));
  a.mov(eax, mem("fault_names", scaled(eax, 4)));
  a.ret();
  a.align(16).function("fault_count");
  a.mov(eax, ways.length);
  a.ret();

  a.align(4).label("fault_addresses");
  a.dd(...ways.map((_, index) => `fault${index}`));
  a.label("fault_names");
  a.dd(...ways.map((_, index) => `name${index}`));
  ways.forEach(([name], index) => a.label(`name${index}`).db(name, 0));
}
