// Copying memory that may fail: see guarded.ts.
import { eax, ecx, edi, edx, esi, esp, mem, symbol, type Assembler } from "../../tools/asm";

export default function (a: Assembler): void {
  // guarded_bytes(to, from, count): 0, or 1 when the thread was sent to guarded_failed.
  a.align(16).function("guarded_bytes");
  a.push(esi).push(edi).mov(edi, mem(esp, 12)).mov(esi, mem(esp, 16)).mov(ecx, mem(esp, 20));
  a.cld().mov(edx, ecx).shr(ecx, 2);
  a.label("guarded_begin").rep().movsd().mov(ecx, edx).and(ecx, 3).rep().movsb().label("guarded_end");
  a.xor(eax, eax).pop(edi).pop(esi).ret();
  a.label("guarded_failed").mov(eax, 1).pop(edi).pop(esi).ret();
  a.function("guarded_begin_address").mov(eax, symbol("guarded_begin")).ret();
  a.function("guarded_end_address").mov(eax, symbol("guarded_end")).ret();
  a.function("guarded_failed_address").mov(eax, symbol("guarded_failed")).ret();
}
