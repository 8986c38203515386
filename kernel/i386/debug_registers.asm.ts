// The debug registers (Intel 386 manual, chapter 12).
import { dr0, dr1, dr2, dr3, dr6, dr7, dword, eax, esp, type Assembler } from "../../tools/asm";

export default function debugRegisters(a: Assembler): void {
  a.function("load_breakpoint_addresses").mov(eax, dword(esp, 4));
  [dr0, dr1, dr2, dr3].forEach((register, i) => {
    a.push(dword(eax, 4 * i))
      .pop(eax)
      .mov(register, eax);
    a.mov(eax, dword(esp, 4));
  });
  a.ret();
  a.function("store_dr7").mov(eax, dword(esp, 4)).mov(dr7, eax).ret();
  a.function("take_dr6").mov(eax, dr6).push(eax).sub(eax, eax).mov(dr6, eax).pop(eax).ret();
}
