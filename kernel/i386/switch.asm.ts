// The context switch. A thread that is switched out has on its kernel stack, from kernel_sp up: EDI, ESI, EBX, EBP and
// the address it goes on at. thread_life.ts builds the same for a new thread.
import { dword, eax, ebp, ebx, ecx, edi, esi, esp, mem, type Assembler } from "../../tools/asm";

export default function contextSwitch(a: Assembler): void {
  a.function("switch_context").frame(4);
  a.mov(eax, dword(esp, 4)).mov(ecx, dword(esp, 8));
  a.push(ebp).push(ebx).push(esi).push(edi).frame(20, ebp, ebx, esi, edi);
  a.mov(mem(eax), esp).mov(esp, ecx);
  a.pop(edi).pop(esi).pop(ebx).pop(ebp).frame(4).ret();
}
