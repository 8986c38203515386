// Instructions that programs about the machine need: segments, I/O ports, floating point. The *_address functions give code
// for threads of their own.
import {
  al,
  ax,
  dword,
  dx,
  eax,
  ecx,
  esp,
  gs,
  mem,
  st0,
  st1,
  symbol,
  word,
  type Assembler,
} from "../../tools/asm";

/** A port that does nothing but take POST codes. */
const POST_PORT = 0x80;

export default function (a: Assembler): void {
  // segment_word(selector, offset): the word there, read through GS.
  a.align(16).function("segment_word");
  a.push(gs).mov(ax, mem(esp, 8)).mov(gs, ax).mov(ecx, mem(esp, 12));
  a.mov(eax, dword(gs, ecx)).pop(gs).ret();

  // Stays where it is.
  a.align(16).label("spin").jmp("spin");
  a.function("spin_address").mov(eax, symbol("spin")).ret();

  // Uses the stack, reads through GS at ECX, uses an I/O port, and counts; then spins.
  a.align(16).label("push_once").push(eax).jmp("counted");
  a.function("push_once_address").mov(eax, symbol("push_once")).ret();
  a.align(16).label("read_once").mov(eax, dword(gs, ecx)).jmp("counted");
  a.function("read_once_address").mov(eax, symbol("read_once")).ret();
  a.align(16).label("port_once").mov(dx, POST_PORT).in(al, dx).jmp("counted");
  a.function("port_once_address").mov(eax, symbol("port_once")).ret();
  // For a breakpoint in its middle.
  a.align(16).label("break_once").nop().label("breakpoint_here").nop().jmp("counted");
  a.function("break_once_address").mov(eax, symbol("break_once")).ret();
  a.function("breakpoint_address").mov(eax, symbol("breakpoint_here")).ret();
  a.label("counted").inc(dword("machine_counter")).jmp("spin");
  a.align(16).function("machine_counter_address").mov(eax, symbol("machine_counter")).ret();

  // float_set(value): ST(0) of a fresh unit becomes the integer; float_get(): takes ST(0) as an integer.
  a.align(16).function("float_set").fninit().fild(dword(esp, 4)).ret();
  a.align(16).function("float_get").push(0).fistp(dword(esp)).wait().pop(eax).ret();
  // float_add(n): ST(0) += n.
  a.align(16).function("float_add").fiadd(dword(esp, 4)).ret();
  // Divides by zero with that exception unmasked, and looks for it.
  a.align(16).label("float_divide").fninit().push(0x37b).fldcw(word(esp)).fld1().fldz();
  a.label("float_division").fdivp(st1, st0).label("float_wait").wait().jmp("counted");
  a.function("float_divide_address").mov(eax, symbol("float_divide")).ret();
  a.function("float_wait_address").mov(eax, symbol("float_wait")).ret();

  // A handler of emulated system calls: counts, answers, and goes back as the kernel's frame says.
  a.align(16).label("emulation").inc(dword("emulations")).mov(eax, 0x1234).popfd().ret();
  a.function("emulation_address").mov(eax, symbol("emulation")).ret();
  a.function("emulations_address").mov(eax, symbol("emulations")).ret();

  a.section(".data").align(4, 0).label("machine_counter").dd(0).label("emulations").dd(0);
}
