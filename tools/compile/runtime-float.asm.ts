// Floating point on the x87, with WebAssembly's results: each operation rounds once, to nearest, to its type. Only the
// bits of a NaN are the processor's own (docs/decisions). Arguments and results are words, as for other routines.
//
// The control word may have any precision of 53 bits or more, but rounds to nearest outside these routines, which is what
// FINIT sets. Operations on f32 need no more: twice its 24 bits and two fit into 53, so that rounding twice does no harm
// (Figueroa, "When is double rounding innocuous?", 1995). Operations on f64 set the precision to 53 bits themselves.
import {
  ah,
  al,
  ax,
  dword,
  eax,
  ecx,
  edx,
  esp,
  qword,
  st0,
  st1,
  tbyte,
  word,
  type Assembler,
  type AssemblyRoutine,
  type Memory,
} from "../asm";

// Control words, all exceptions masked (Intel 387 DX Programmer's Reference, 2.1.2).
const ROUND_TO_53 = 0x027f;
const ROUND_TO_64 = 0x037f;
const ROUND_DOWN = 0x077f;
const ROUND_UP = 0x0b7f;
const TRUNCATE = 0x0f7f;
/** Condition codes C3, C2 and C0 in AH; C3 alone says equal. */
const CONDITIONS = 0x45;
const EQUAL = 0x40;

type Float = "f32" | "f64";
type Place = (...terms: ((Memory["base"] & object) | number | string)[]) => Memory;

const bytesOf = (type: string) => (type.endsWith("64") ? 8 : 4);
const placeOf = (type: string): Place => (type.endsWith("64") ? qword : dword) as Place;
/** An argument that `words` others precede. */
const argument = (type: string, words = 0) => placeOf(type)(esp, 4 + 4 * words);
const highWord = (type: string) => dword(esp, bytesOf(type));

function setControl(a: Assembler, label: string): void {
  a.fldcw(word(label));
}

/** Constants behind the code. */
function controlWord(a: Assembler, label: string, value: number): void {
  a.label(label).dw(value);
}

/** Returns ST0. */
function returnFloat(a: Assembler, type: Float): void {
  if (type === "f64") a.sub(esp, 8).fstp(qword(esp)).pop(eax).pop(edx).ret();
  else a.fstp(dword(esp, 4)).mov(eax, dword(esp, 4)).ret();
}

function arithmetic(type: Float, op: "fadd" | "fsub"): AssemblyRoutine {
  return (a) => {
    if (type === "f64") setControl(a, ".control");
    a.fld(argument(type));
    a[op](argument(type, bytesOf(type) / 4));
    returnFloat(a, type);
    controlWord(a, ".control", ROUND_TO_53);
  };
}

/**
 * The x87's exponents go far below those of an f64, so that a result below the normal ones would be rounded twice: to
 * 53 bits, and to what is left of them when it is stored. Such a result is computed again scaled down by 2^15360, where
 * the x87's own smallest exponents are, which round once and at the right place; scaling up is exact.
 */
function scaledArithmetic(type: Float, op: "fmul" | "fdiv"): AssemblyRoutine {
  return (a) => {
    const second = argument(type, bytesOf(type) / 4);
    if (type === "f32") {
      a.fld(argument(type));
      a[op](second);
      return returnFloat(a, type);
    }
    setControl(a, ".control");
    a.fld(argument(type));
    a[op](second).sub(esp, 8).fstp(qword(esp)).pop(eax).pop(edx);
    // The exponent is that of the smallest normal numbers, or less.
    a.test(edx, 0x7fe00000).je(".small").ret();
    a.label(".small").fld(tbyte(".down")).fmul(argument(type));
    a[op](second).fld(tbyte(".up")).fmulp(st1, st0);
    returnFloat(a, type);
    controlWord(a, ".control", ROUND_TO_53);
    a.label(".down")
      .dd(0, 0x80000000)
      .dw(0x3fff - 15360);
    a.label(".up")
      .dd(0, 0x80000000)
      .dw(0x3fff + 15360);
  };
}

function squareRoot(type: Float): AssemblyRoutine {
  return (a) => {
    if (type === "f64") setControl(a, ".control");
    a.fld(argument(type)).fsqrt();
    returnFloat(a, type);
    controlWord(a, ".control", ROUND_TO_53);
  };
}

/** To an integer, as `mode` says; to nearest without one. */
function round(type: Float, mode?: number): AssemblyRoutine {
  return (a) => {
    if (mode !== undefined) setControl(a, ".mode");
    a.fld(argument(type)).frndint();
    if (mode !== undefined) setControl(a, ".nearest");
    returnFloat(a, type);
    if (mode === undefined) return;
    controlWord(a, ".mode", mode);
    controlWord(a, ".nearest", ROUND_TO_53);
  };
}

/** CF, ZF and PF say how the first argument compares with the second: below, equal, not at all. */
function compareArguments(a: Assembler, type: Float): void {
  a.fld(argument(type))
    .fcomp(argument(type, bytesOf(type) / 4))
    .fnstsw(ax)
    .sahf();
}

/** Equal arguments differ at most in their signs, which `both` joins. */
function choose(type: Float, first: "jb" | "ja", both: "or" | "and"): AssemblyRoutine {
  const words = bytesOf(type) / 4;
  return (a) => {
    compareArguments(a, type);
    a.jp(".nan");
    a[first](".first").jne(".second");
    a.mov(edx, highWord(type));
    a[both](edx, dword(esp, bytesOf(type) + 4 * words)).mov(eax, dword(esp, 4));
    if (type === "f32") a.mov(eax, edx);
    a.ret();
    a.label(".first").mov(eax, dword(esp, 4)).mov(edx, dword(esp, 8)).ret();
    a.label(".second")
      .mov(eax, dword(esp, 4 + 4 * words))
      .mov(edx, dword(esp, 4 * words + bytesOf(type)))
      .ret();
    a.label(".nan").fld(argument(type)).fadd(argument(type, words));
    returnFloat(a, type);
  };
}

/** a < b or a <= b, asked as b > a or b >= a, which hold of no NaN. */
function less(type: Float, condition: "seta" | "setae"): AssemblyRoutine {
  return (a) => {
    a.fld(argument(type, bytesOf(type) / 4))
      .fcomp(argument(type))
      .fnstsw(ax)
      .sahf();
    a.mov(eax, 0);
    a[condition](al).ret();
  };
}

function equal(type: Float): AssemblyRoutine {
  return (a) => {
    a.fld(argument(type))
      .fcomp(argument(type, bytesOf(type) / 4))
      .fnstsw(ax);
    a.and(ah, CONDITIONS).cmp(ah, EQUAL).mov(eax, 0).sete(al).ret();
  };
}

function convert(type: Float, from: "i32" | "i64", signed: boolean): AssemblyRoutine {
  return (a) => {
    if (signed) a.fild(argument(from));
    else if (from === "i32") a.push(0).push(dword(esp, 8)).fild(qword(esp)).add(esp, 8);
    else {
      // FILD takes it for a negative number when its highest bit is set.
      setControl(a, ".exact");
      a.fild(qword(esp, 4)).test(highWord(from), 0x80000000).je(".done").fadd(dword(".correction"));
      a.label(".done");
    }
    returnFloat(a, type);
    controlWord(a, ".exact", ROUND_TO_64);
    // 2^64
    a.label(".correction").dd(0x5f800000);
  };
}

function promote(a: Assembler): void {
  a.fld(dword(esp, 4));
  returnFloat(a, "f64");
}

function demote(a: Assembler): void {
  a.fld(qword(esp, 4));
  returnFloat(a, "f32");
}

/** EDX:EAX = ST0 without its fraction; -2^63 when that does not fit. */
function storeTruncated(a: Assembler): void {
  setControl(a, ".truncate");
  a.sub(esp, 8).fistp(qword(esp));
  setControl(a, ".nearest");
  a.pop(eax).pop(edx);
}

/** Goes to `.out` when EDX:EAX, from a conversion, is not the argument as an integer of this kind. */
function checkRange(a: Assembler, type: Float, to: string, signed: boolean): void {
  if (to === "i32" && signed) a.mov(ecx, eax).sar(ecx, 31).cmp(ecx, edx).jne(".out");
  else if (to === "i32") a.test(edx, edx).jne(".out");
  else if (!signed) a.test(edx, edx).js(".out");
  else {
    a.cmp(edx, 0x80000000 | 0)
      .jne(".in")
      .test(eax, eax)
      .jne(".in");
    // What does not fit gives the same as -2^63 itself.
    a.cmp(highWord(type), (type === "f64" ? 0xc3e00000 : 0xdf000000) | 0).jne(".out");
    if (type === "f64") a.cmp(dword(esp, 4), 0).jne(".out");
    a.label(".in");
  }
}

/** The half of the unsigned numbers that a signed conversion does not reach, in another way. */
function convertLarge(a: Assembler, type: Float): void {
  a.fld(argument(type)).fcom(dword(".half")).fnstsw(ax).sahf().jb(".signed");
  a.fsub(dword(".half"));
  storeTruncated(a);
  a.test(edx, edx)
    .js(".out")
    .xor(edx, 0x80000000 | 0)
    .ret();
  // 2^63
  a.label(".half").dd(0x5f000000);
  a.label(".signed");
}

/** What a number out of range becomes: the nearest in range, a NaN 0. */
function saturate(a: Assembler, type: Float, to: string, signed: boolean): void {
  a.fld(argument(type)).fucomp(st0, st0).fnstsw(ax).sahf();
  a.mov(eax, 0).mov(edx, 0).jp(".done");
  a.test(highWord(type), 0x80000000).jne(".low");
  // The largest: all ones, or all but the sign.
  a.dec(eax).dec(edx);
  if (signed) a.shr(to === "i32" ? eax : edx, 1);
  a.label(".done").ret();
  a.label(".low");
  if (signed) a.mov(to === "i32" ? eax : edx, 0x80000000);
  a.ret();
}

function truncate(to: "i32" | "i64", type: Float, signed: boolean, saturating: boolean): AssemblyRoutine {
  return (a) => {
    if (to === "i64" && !signed) convertLarge(a, type);
    else a.fld(argument(type));
    storeTruncated(a);
    checkRange(a, type, to, signed);
    a.ret().label(".out");
    if (saturating) saturate(a, type, to, signed);
    else a.ud2();
    controlWord(a, ".truncate", TRUNCATE);
    controlWord(a, ".nearest", ROUND_TO_53);
  };
}

function routinesOf(type: Float): Record<string, AssemblyRoutine> {
  const routines: Record<string, AssemblyRoutine> = {
    [`__${type}_add`]: arithmetic(type, "fadd"),
    [`__${type}_sub`]: arithmetic(type, "fsub"),
    [`__${type}_mul`]: scaledArithmetic(type, "fmul"),
    [`__${type}_div`]: scaledArithmetic(type, "fdiv"),
    [`__${type}_sqrt`]: squareRoot(type),
    [`__${type}_ceil`]: round(type, ROUND_UP),
    [`__${type}_floor`]: round(type, ROUND_DOWN),
    [`__${type}_trunc`]: round(type, TRUNCATE),
    [`__${type}_nearest`]: round(type),
    [`__${type}_min`]: choose(type, "jb", "or"),
    [`__${type}_max`]: choose(type, "ja", "and"),
    [`__${type}_eq`]: equal(type),
    [`__${type}_lt`]: less(type, "seta"),
    [`__${type}_le`]: less(type, "setae"),
  };
  for (const integer of ["i32", "i64"] as const) {
    for (const signed of [true, false]) {
      const suffix = signed ? "s" : "u";
      routines[`__${type}_convert_${integer}_${suffix}`] = convert(type, integer, signed);
      routines[`__${integer}_trunc_${type}_${suffix}`] = truncate(integer, type, signed, false);
      routines[`__${integer}_trunc_sat_${type}_${suffix}`] = truncate(integer, type, signed, true);
    }
  }
  return routines;
}

/** By symbol. */
export const floatRuntime: Readonly<Record<string, AssemblyRoutine>> = {
  ...routinesOf("f32"),
  ...routinesOf("f64"),
  __f64_promote_f32: promote,
  __f32_demote_f64: demote,
};
