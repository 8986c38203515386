// Where a copy of a task goes on: see userland/posix/fork.ts.
import { eax, ebp, ebx, ecx, edi, edx, esi, esp, mem, type Assembler } from "../../tools/asm";

export default function (a: Assembler): void {
  // fork_point(words): stores EBX, ESI, EDI, EBP, ESP after the return, and where that goes to; 0. A thread that starts with
  // these registers and EAX 1 returns from here as well.
  a.align(16).function("fork_point");
  a.mov(ecx, mem(esp, 4))
    .mov(mem(ecx), ebx)
    .mov(mem(ecx, 4), esi)
    .mov(mem(ecx, 8), edi)
    .mov(mem(ecx, 12), ebp);
  a.lea(edx, mem(esp, 4)).mov(mem(ecx, 16), edx).mov(edx, mem(esp)).mov(mem(ecx, 20), edx);
  a.xor(eax, eax).ret();
}
