// Instructions of the floating-point unit and of CR0.TS (Intel 486 manual, chapter 26). None of them waits for a pending
// exception but FRSTOR, before which fpu.ts sees to it that there is none.
import { dword, eax, esp, mem, word, type Assembler } from "../../tools/asm";

export default function fpu(a: Assembler): void {
  a.function("clts").clts().ret();
  a.function("fninit").fninit().ret();
  a.function("fnsave").mov(eax, dword(esp, 4)).fnsave(mem(eax)).ret();
  a.function("frstor").mov(eax, dword(esp, 4)).frstor(mem(eax)).ret();
  // The memory form leaves the word alone when there is no unit.
  a.function("fnstsw").push(0xffff).fnstsw(word(esp)).pop(eax).ret();
  a.function("fnstcw").push(0xffff).fnstcw(word(esp)).pop(eax).ret();
}
