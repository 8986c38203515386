/**
 * The micro-ops of the core. From this table come their numbers (cpu/operations.generated.ts), the regular cases of the
 * main loop (put into cpu/core/execute.frame.ts, giving execute.generated.ts) and the dispatch of the others
 * (cpu/core/slow.generated.ts).
 */

export type ValueType = "u8" | "i8" | "u16" | "i16" | "u32";

/** Where an operand is: a register named by the micro-op, its immediate, memory at its address, or the count in CL. */
export type Place = "R1" | "R2" | "immediate" | "memory" | "CL";

/** Target and source of each operand form; the form's name ends the name of the handler. */
export const FORMS = {
  RR: ["R1", "R2"],
  RI: ["R1", "immediate"],
  RM: ["R1", "memory"],
  MR: ["memory", "R2"],
  MI: ["memory", "immediate"],
  RC: ["R1", "CL"],
  RRI: ["immediate", "R2"],
  R: ["R1", undefined],
  M: ["memory", undefined],
} as const satisfies Record<string, readonly [Place, Place | undefined]>;

export type Form = keyof typeof FORMS;

/** What an operation does at each of its forms: the same statement on other operands. */
export interface Operation {
  readonly name: string;
  /**
   * A call of a function of the core, `a` being the target operand and `b` the source; "a = " stores its result in the
   * target. Flags are the function's business: those of add32, sub32, logic8 and so on are set, none by plain moves.
   */
  readonly does: string;
  readonly forms: readonly Form[];
  /** Type of both operands. */
  readonly type: ValueType;
  /** Type of the source, where it is another. */
  readonly source?: ValueType;
}

export interface Condition {
  /** Its name and that of its negation. */
  readonly names: readonly [string, string];
  /** 1 if it holds, else 0. */
  readonly test: string;
}

/**
 * Micro-ops with consecutive numbers: `operations`, all of the first form, then all of the second and so on;
 * `prefix` before each condition, to be jumped on or stored; or `written` by hand in the frame.
 */
export type Family = { readonly name: string; readonly about: string } & (
  | { readonly operations: readonly Operation[] }
  | { readonly prefix: "J" | "SET" }
  | { readonly written: readonly string[] }
);

const ALL: readonly Form[] = ["RR", "RI", "RM", "MR", "MI"];
const TO_REGISTER: readonly Form[] = ["RR", "RI", "RM"];
const COMPARED: readonly Form[] = ["RR", "RI", "RM", "MI"];
const EXTENDED: readonly Form[] = ["RR", "RM"];
const SHIFTED: readonly Form[] = ["RI", "RC"];
const ONE: readonly Form[] = ["R", "M"];

/** In the order of the condition codes. */
export const CONDITIONS: readonly Condition[] = [
  { names: ["O", "NO"], test: "overflow()" },
  { names: ["B", "AE"], test: "carry()" },
  { names: ["E", "NE"], test: "zero()" },
  { names: ["BE", "A"], test: "carry() | zero()" },
  { names: ["S", "NS"], test: "sign()" },
  { names: ["P", "NP"], test: "parity()" },
  { names: ["L", "GE"], test: "signNotOverflow()" },
  { names: ["LE", "G"], test: "signNotOverflow() | zero()" },
];

/** The cases of the main loop. The decoder counts on the order in arithmetic32, shift, jumps and sets. */
export const HOT: readonly Family[] = [
  {
    name: "steps",
    about:
      "Zero-cost steps: look up the instruction at OP_OFFSET; the linked micro-op; segment and address; code limit; page crossing; breakpoint; whether an x87 instruction may begin.",
    written: ["STALE", "GOTO", "SEG_EA", "CHECK_EIP", "CROSS", "BREAK", "FPU_READY"],
  },
  {
    name: "arithmetic32",
    about: "32-bit arithmetic, in the order of the opcodes.",
    operations: [
      { name: "ADD32", does: "a = add32(a, b)", forms: ALL, type: "u32" },
      { name: "OR32", does: "a = or32(a, b)", forms: ALL, type: "u32" },
      { name: "ADC32", does: "a = adc32(a, b)", forms: ALL, type: "u32" },
      { name: "SBB32", does: "a = sbb32(a, b)", forms: ALL, type: "u32" },
      { name: "AND32", does: "a = and32(a, b)", forms: ALL, type: "u32" },
      { name: "SUB32", does: "a = sub32(a, b)", forms: ALL, type: "u32" },
      { name: "XOR32", does: "a = xor32(a, b)", forms: ALL, type: "u32" },
      { name: "CMP32", does: "sub32(a, b)", forms: ALL, type: "u32" },
      { name: "TEST32", does: "and32(a, b)", forms: ALL, type: "u32" },
    ],
  },
  {
    name: "arithmetic8",
    about: "8-bit arithmetic without carry-in or destination in memory.",
    operations: [
      { name: "CMP8", does: "sub8(a, b)", forms: COMPARED, type: "u8" },
      { name: "TEST8", does: "logic8(a & b)", forms: COMPARED, type: "u8" },
      { name: "AND8", does: "a = logic8(a & b)", forms: TO_REGISTER, type: "u8" },
      { name: "OR8", does: "a = logic8(a | b)", forms: TO_REGISTER, type: "u8" },
      { name: "XOR8", does: "a = logic8(a ^ b)", forms: TO_REGISTER, type: "u8" },
      { name: "ADD8", does: "a = add8(a, b)", forms: TO_REGISTER, type: "u8" },
      { name: "SUB8", does: "a = sub8(a, b)", forms: TO_REGISTER, type: "u8" },
    ],
  },
  {
    name: "moves",
    about: "Moves and extensions to 32 bits.",
    operations: [
      { name: "MOV32", does: "a = b", forms: ALL, type: "u32" },
      { name: "MOV8", does: "a = b", forms: ALL, type: "u8" },
      { name: "MOV16", does: "a = b", forms: ["RM", "MR"], type: "u16" },
      { name: "MOVZX8", does: "a = b", forms: EXTENDED, type: "u32", source: "u8" },
      { name: "MOVZX16", does: "a = b", forms: EXTENDED, type: "u32", source: "u16" },
      { name: "MOVSX8", does: "a = <i32>b", forms: EXTENDED, type: "u32", source: "i8" },
      { name: "MOVSX16", does: "a = <i32>b", forms: EXTENDED, type: "u32", source: "i16" },
    ],
  },
  {
    name: "single",
    about: "Of one form only.",
    written: ["LEA32", "XCHG32_RR", "CDQ", "CWDE", "NOP"],
  },
  {
    name: "unary",
    about: "One operand.",
    operations: [
      { name: "INC32", does: "a = inc32(a)", forms: ONE, type: "u32" },
      { name: "DEC32", does: "a = dec32(a)", forms: ONE, type: "u32" },
      { name: "NEG32", does: "a = sub32(0, a)", forms: ["R"], type: "u32" },
      { name: "NOT32", does: "a = ~a", forms: ["R"], type: "u32" },
    ],
  },
  {
    name: "shift",
    about: "Shifts by 1 to 31, the constant ones reduced by the decoder.",
    operations: [
      { name: "SHL32", does: "a = shl32(a, b)", forms: SHIFTED, type: "u32", source: "u8" },
      { name: "SHR32", does: "a = shr32(a, b)", forms: SHIFTED, type: "u32", source: "u8" },
      { name: "SAR32", does: "a = sar32(a, b)", forms: SHIFTED, type: "u32", source: "u8" },
    ],
  },
  {
    name: "multiply",
    about: "Multiplication; its target is always R1.",
    operations: [{ name: "IMUL32", does: "imul32(op, a, b)", forms: ["RR", "RM", "RRI"], type: "u32" }],
  },
  {
    name: "stack",
    about: "Stack and near transfers, flat segments.",
    written: [
      "PUSH32_R",
      "PUSH32_I",
      "PUSH32_M",
      "POP32_R",
      "LEAVE32",
      "CALL32",
      "CALL32_R",
      "CALL32_M",
      "RET32",
      "RET32_I",
      "JMP",
      "JMP32_R",
      "JMP32_M",
    ],
  },
  { name: "jumps", about: "Conditional jumps.", prefix: "J" },
  { name: "sets", about: "Byte sets on condition, into registers.", prefix: "SET" },
];

/** Out-of-line micro-ops by the file of cpu/core that holds them, each with its function. */
export const SLOW: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  [
    "arithmetic",
    {
      ALU: "opAlu",
      MOV: "opMov",
      MOVZX: "opMovzx",
      MOVSX: "opMovsx",
      LEA: "opLea",
      UNARY: "opUnary",
      SHIFT: "opShift",
      DOUBLE_SHIFT: "opDoubleShift",
      MULTIPLY: "opMultiply",
      IMUL: "opImul",
      DIVIDE: "opDivide",
      XCHG: "opXchg",
      XADD: "opXadd",
      CMPXCHG: "opCmpxchg",
      CMPXCHG8B: "opCmpxchg8b",
      CMOV: "opCmov",
      BSWAP: "opBswap",
      CONVERT: "opConvert",
      XLAT: "opXlat",
      SET_M: "opSetMemory",
    },
  ],
  ["bits", { BIT_TEST: "opBitTest", BIT_SCAN: "opBitScan" }],
  ["decimal", { DAA: "opDaa", DAS: "opDas", AAA: "opAaa", AAS: "opAas", AAM: "opAam", AAD: "opAad" }],
  [
    "flag-operations",
    { SALC: "opSalc", FLAG_OP: "opFlag", LAHF: "opLahf", SAHF: "opSahf", CLI: "opCli", STI: "opSti" },
  ],
  [
    "stack",
    {
      PUSH: "opPush",
      POP: "opPop",
      POP_MEMORY: "opPopMemory",
      PUSHA: "opPushAll",
      POPA: "opPopAll",
      PUSHF: "opPushFlags",
      POPF: "opPopFlags",
      ENTER: "opEnter",
      LEAVE_FRAME: "opLeaveFrame",
    },
  ],
  [
    "transfer",
    {
      JUMP_NEAR: "opJumpNear",
      JUMP_NEAR_ABSOLUTE: "opJumpNearAbsolute",
      CALL_NEAR: "opCallNear",
      CALL_NEAR_ABSOLUTE: "opCallNearAbsolute",
      RETURN_NEAR: "opReturnNear",
      JUMP_CONDITION: "opJumpCondition",
      LOOP: "opLoop",
      JUMP_FAR: "opJumpFar",
      CALL_FAR: "opCallFar",
      RETURN_FAR: "opReturnFar",
    },
  ],
  [
    "interrupt",
    {
      INTERRUPT: "opInterrupt",
      INTERRUPT_OVERFLOW: "opInterruptOverflow",
      INTERRUPT_RETURN: "opInterruptReturn",
      BOUND: "opBound",
    },
  ],
  [
    "string",
    {
      MOVS: "opString",
      CMPS: "opString",
      STOS: "opString",
      LODS: "opString",
      SCAS: "opString",
      INS: "opString",
      OUTS: "opString",
      IN: "opIn",
      OUT: "opOut",
    },
  ],
  [
    "system",
    {
      MOV_SEGMENT: "opMovSegment",
      STORE_SEGMENT: "opStoreSegment",
      PUSH_SEGMENT: "opPushSegment",
      POP_SEGMENT: "opPopSegment",
      LOAD_FAR: "opLoadFar",
      HALT: "opHalt",
      CLTS: "opClts",
      LOAD_TABLE: "opLoadTable",
      STORE_TABLE: "opStoreTable",
      LOAD_LDTR: "opLoadLdtr",
      LOAD_TR: "opLoadTr",
      STORE_SYSTEM_SELECTOR: "opStoreSystemSelector",
      LMSW: "opLmsw",
      SMSW: "opSmsw",
      MOV_TO_CR: "opMovToCr",
      MOV_FROM_CR: "opMovFromCr",
      MOV_TO_TR: "opMovToTr",
      MOV_FROM_TR: "opMovFromTr",
      INVLPG: "opInvlpg",
      CACHE: "opCache",
      LAR: "opLar",
      LSL: "opLsl",
      VERIFY: "opVerify",
      ARPL: "opArpl",
      CPUID: "opCpuid",
      UNDEFINED: "opUndefined",
    },
  ],
  [
    "fpu/operate",
    {
      FPU_OPERATE: "opFpuOperate",
      FPU_OPERATE_M: "opFpuOperateMemory",
      FPU_COMPARE: "opFpuCompare",
      FPU_COMPARE_M: "opFpuCompareMemory",
      FPU_COMPARE_FLAGS: "opFpuCompareFlags",
      FPU_TEST: "opFpuTest",
      FPU_EXAMINE: "opFpuExamine",
      FPU_SIGN: "opFpuSign",
      FPU_UNARY: "opFpuUnary",
      FPU_SCALE: "opFpuScale",
      FPU_REMAINDER: "opFpuRemainder",
      FPU_EXTRACT: "opFpuExtract",
    },
  ],
  [
    "fpu/transfer",
    {
      FPU_LOAD: "opFpuLoad",
      FPU_LOAD_M: "opFpuLoadMemory",
      FPU_CONSTANT: "opFpuConstant",
      FPU_STORE: "opFpuStore",
      FPU_STORE_M: "opFpuStoreMemory",
      FPU_STORE_QUIETLY: "opFpuStoreQuietly",
      FPU_EXCHANGE: "opFpuExchange",
      FPU_MOVE_CONDITION: "opFpuMoveCondition",
    },
  ],
  [
    "fpu/transcendental",
    { FPU_POWER: "opFpuPower", FPU_OF_TWO: "opFpuOfTwo", FPU_CIRCULAR: "opFpuCircular" },
  ],
  [
    "fpu/control",
    {
      FPU_INITIALIZE: "opFpuInitialize",
      FPU_CLEAR: "opFpuClear",
      FPU_IGNORED: "opFpuIgnored",
      FPU_NOP: "opFpuNop",
      FPU_ROTATE: "opFpuRotate",
      FPU_FREE: "opFpuFree",
      FPU_LOAD_CONTROL: "opFpuLoadControl",
      FPU_STORE_CONTROL: "opFpuStoreControl",
      FPU_STORE_STATUS: "opFpuStoreStatus",
      FPU_STORE_STATUS_AX: "opFpuStoreStatusAx",
      FPU_LOAD_ENVIRONMENT: "opFpuLoadEnvironment",
      FPU_STORE_ENVIRONMENT: "opFpuStoreEnvironment",
      FPU_RESTORE: "opFpuRestore",
      FPU_SAVE: "opFpuSave",
      WAIT: "opWait",
    },
  ],
  ["fpu/extended", { FPU_SAVE_EXTENDED: "opFpuSaveExtended", FPU_RESTORE_EXTENDED: "opFpuRestoreExtended" }],
  ["fpu/mmx", { MMX: "opMmx", MMX_LOAD: "opMmxLoad", MMX_STORE: "opMmxStore", MMX_EMPTY: "opMmxEmpty" }],
  [
    "xmm/integer",
    {
      XMM: "opXmm",
      MMX_IMMEDIATE: "opMmxImmediate",
      XMM_LOAD: "opXmmLoad",
      XMM_STORE: "opXmmStore",
      XMM_FROM_MMX: "opXmmFromMmx",
      XMM_TO_MMX: "opXmmToMmx",
      XMM_MASK: "opXmmMask",
      XMM_WORD: "opXmmWord",
      XMM_MASKED_STORE: "opXmmMaskedStore",
      XMM_CONTROL: "opXmmControl",
    },
  ],
  ["xmm/arithmetic", { XMM_FLOAT: "opXmmFloat", XMM_COMPARE: "opXmmCompare" }],
  ["xmm/convert", { XMM_CONVERT: "opXmmConvert" }],
  [
    "model-specific",
    {
      RDTSC: "opRdtsc",
      RDMSR: "opRdmsr",
      WRMSR: "opWrmsr",
      RDPMC: "opRdpmc",
      SYSENTER: "opSysenter",
      SYSEXIT: "opSysexit",
    },
  ],
  ["debug", { MOV_TO_DR: "opMovToDr", MOV_FROM_DR: "opMovFromDr" }],
];
