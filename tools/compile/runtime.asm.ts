// Routines that compiled code calls for what takes more than a few instructions. They follow the calling
// convention of docs/architecture.md. Each is a module of its own, linked when something refers to it.
import {
  cl,
  dword,
  eax,
  ebp,
  ebx,
  ecx,
  edi,
  edx,
  esi,
  esp,
  mem,
  byte,
  type Assembler,
  type AssemblyRoutine,
  type Register,
} from "../asm";
import { floatRuntime } from "./runtime-float.asm";

/** a[3:0], count[8] of a routine that has pushed `pushed` registers. */
const argument = (n: number, pushed = 0) => dword(esp, 4 + 4 * (n + pushed));

/** value << count, count modulo 64. */
function shiftLeft(a: Assembler): void {
  a.mov(eax, argument(0)).mov(edx, argument(1)).mov(ecx, argument(2));
  a.test(cl, 32).jne(".far");
  a.shld(edx, eax, cl).shl(eax, cl).ret();
  a.label(".far").mov(edx, eax).xor(eax, eax).shl(edx, cl).ret();
}

function shiftRight(signed: boolean): AssemblyRoutine {
  return (a) => {
    const op = signed ? "sar" : "shr";
    a.mov(eax, argument(0)).mov(edx, argument(1)).mov(ecx, argument(2));
    a.test(cl, 32).jne(".far");
    a.shrd(eax, edx, cl)[op](edx, cl).ret();
    a.label(".far").mov(eax, edx);
    if (signed) a.sar(edx, 31);
    else a.xor(edx, edx);
    a[op](eax, cl).ret();
  };
}

function rotate(op: "shld" | "shrd"): AssemblyRoutine {
  return (a) => {
    a.push(ebx);
    a.mov(eax, argument(0, 1)).mov(edx, argument(1, 1)).mov(ecx, argument(2, 1));
    a.test(cl, 32).je(".near").xchg(edx, eax);
    a.label(".near").mov(ebx, eax);
    a[op](eax, edx, cl)[op](edx, ebx, cl).pop(ebx).ret();
  };
}

/** EDX:EAX = EDX:EAX divided by ECX:EBX, remainder in EDI:ESI; unsigned; uses EBP. */
function divideUnsigned(a: Assembler): void {
  a.test(ecx, ecx).jne(".wide");
  // A divisor of 32 bits: two divisions, as on paper. Divides by zero like DIV.
  a.mov(esi, eax).mov(eax, edx).xor(edx, edx).div(ebx).mov(ecx, eax);
  a.mov(eax, esi).div(ebx).mov(esi, edx).mov(edx, ecx).xor(edi, edi).ret();
  // A wider divisor: shift and subtract, with a quotient of at most 32 bits.
  a.label(".wide").mov(esi, edx).xor(edi, edi).mov(edx, eax).xor(eax, eax).push(32);
  a.label(".bit").add(eax, eax).add(edx, edx).adc(esi, esi).adc(edi, edi).jb(".take");
  a.cmp(edi, ecx).jb(".next").ja(".take").cmp(esi, ebx).jb(".next");
  a.label(".take").sub(esi, ebx).sbb(edi, ecx).inc(eax);
  a.label(".next").dec(dword(esp)).jne(".bit");
  a.add(esp, 4).xor(edx, edx).ret();
}

/** high:low = -(high:low) when `sign` is negative. */
function negateIf(a: Assembler, sign: () => void, low: Register, high: Register): void {
  const skip = a.fresh();
  sign();
  a.jns(skip).neg(low).adc(high, 0).neg(high).label(skip);
}

function divide(signed: boolean, remainder: boolean): AssemblyRoutine {
  return (a) => {
    const pushed = 4;
    a.push(ebx).push(esi).push(edi).push(ebp);
    a.mov(eax, argument(0, pushed)).mov(edx, argument(1, pushed));
    a.mov(ebx, argument(2, pushed)).mov(ecx, argument(3, pushed));
    if (signed) {
      negateIf(a, () => a.test(edx, edx), eax, edx);
      negateIf(a, () => a.test(ecx, ecx), ebx, ecx);
    }
    a.call(".divide");
    if (remainder) a.mov(eax, esi).mov(edx, edi);
    if (signed) {
      a.mov(ecx, argument(1, pushed));
      if (!remainder) a.xor(ecx, argument(3, pushed));
      negateIf(a, () => a.test(ecx, ecx), eax, edx);
    }
    // The one signed quotient that does not fit is a divide error, as for IDIV.
    if (signed && !remainder) {
      a.test(ecx, ecx).js(".fits").test(edx, edx).jns(".fits").xor(ecx, ecx).div(ecx).label(".fits");
    }
    a.pop(ebp).pop(edi).pop(esi).pop(ebx).ret();
    a.label(".divide");
    divideUnsigned(a);
  };
}

/** Ones in a word, by adding neighbours. */
function countOnes(a: Assembler): void {
  a.mov(eax, argument(0)).mov(edx, eax).shr(eax, 1).and(eax, 0x55555555).sub(edx, eax);
  a.mov(eax, edx).shr(edx, 2).and(eax, 0x33333333).and(edx, 0x33333333).add(eax, edx);
  a.mov(edx, eax).shr(edx, 4).add(eax, edx).and(eax, 0x0f0f0f0f);
  a.imul(eax, eax, 0x01010101).shr(eax, 24).ret();
}

/** (to, from, bytes); the ranges may overlap. */
function moveMemory(a: Assembler): void {
  a.push(esi).push(edi);
  a.mov(edi, argument(0, 2)).mov(esi, argument(1, 2)).mov(ecx, argument(2, 2));
  a.mov(eax, edi).sub(eax, esi).cmp(eax, ecx).jb(".down");
  a.mov(edx, ecx).shr(ecx, 2).rep().movsd();
  a.mov(ecx, edx).and(ecx, 3).rep().movsb();
  a.pop(edi).pop(esi).ret();
  // Upwards would overwrite what is still to be read.
  a.label(".down").std().mov(edx, ecx);
  a.lea(esi, mem(esi, ecx, -1))
    .lea(edi, mem(edi, ecx, -1))
    .and(ecx, 3)
    .rep()
    .movsb();
  a.sub(esi, 3).sub(edi, 3).mov(ecx, edx).shr(ecx, 2).rep().movsd();
  a.cld().pop(edi).pop(esi).ret();
}

/** (to, byte, bytes). */
function setMemory(a: Assembler): void {
  a.push(edi);
  a.mov(edi, argument(0, 1)).movzx(eax, byte(esp, 12)).imul(eax, eax, 0x01010101).mov(ecx, argument(2, 1));
  a.mov(edx, ecx).shr(ecx, 2).rep().stosd();
  a.mov(ecx, edx).and(ecx, 3).rep().stosb();
  a.pop(edi).ret();
}

/** By symbol. */
export const runtime: Readonly<Record<string, AssemblyRoutine>> = Object.fromEntries(
  Object.entries<AssemblyRoutine>({
    __shl64: shiftLeft,
    __shr64s: shiftRight(true),
    __shr64u: shiftRight(false),
    __rotl64: rotate("shld"),
    __rotr64: rotate("shrd"),
    __div64s: divide(true, false),
    __div64u: divide(false, false),
    __rem64s: divide(true, true),
    __rem64u: divide(false, true),
    __popcnt: countOnes,
    __memmove: moveMemory,
    __memset: setMemory,
    ...floatRuntime,
    __null_function: (a) => void a.ud2(),
    // Stands in where module variables need no code to start.
    __module_start: (a) => void a.ret(),
  }).map(([name, body]) => [
    name,
    (a: Assembler) => {
      a.function(name);
      body(a);
    },
  ]),
);
