// WebAssembly's instructions as far as the compiler knows them (core specification 2.0, section 5.4, and the
// threads proposal). `immediates` names what follows the opcode byte(s).

export type Immediates =
  | ""
  | "block"
  | "label"
  | "labels"
  | "function"
  | "type-table"
  | "local"
  | "global"
  | "memory"
  | "i32"
  | "i64"
  | "f32"
  | "f64"
  | "zero"
  | "zero-zero"
  | "data-zero"
  | "data"
  | "types";

const table: readonly (readonly [number, string, Immediates])[] = [
  [0x00, "unreachable", ""],
  [0x01, "nop", ""],
  [0x02, "block", "block"],
  [0x03, "loop", "block"],
  [0x04, "if", "block"],
  [0x05, "else", ""],
  [0x0b, "end", ""],
  [0x0c, "br", "label"],
  [0x0d, "br_if", "label"],
  [0x0e, "br_table", "labels"],
  [0x0f, "return", ""],
  [0x10, "call", "function"],
  [0x11, "call_indirect", "type-table"],
  [0x1a, "drop", ""],
  [0x1b, "select", ""],
  [0x1c, "select", "types"],
  [0x20, "local.get", "local"],
  [0x21, "local.set", "local"],
  [0x22, "local.tee", "local"],
  [0x23, "global.get", "global"],
  [0x24, "global.set", "global"],
  [0x3f, "memory.size", "zero"],
  [0x40, "memory.grow", "zero"],
  [0x41, "i32.const", "i32"],
  [0x42, "i64.const", "i64"],
  [0x43, "f32.const", "f32"],
  [0x44, "f64.const", "f64"],
  [0xfc08, "memory.init", "data-zero"],
  [0xfc09, "data.drop", "data"],
  [0xfc0a, "memory.copy", "zero-zero"],
  [0xfc0b, "memory.fill", "zero"],
  [0xfe03, "atomic.fence", "zero"],
];

/** Runs of opcodes that follow one another and take the same immediates. */
const runs: readonly (readonly [number, Immediates, string])[] = [
  [
    0x28,
    "memory",
    "i32.load i64.load f32.load f64.load i32.load8_s i32.load8_u i32.load16_s i32.load16_u i64.load8_s i64.load8_u " +
      "i64.load16_s i64.load16_u i64.load32_s i64.load32_u i32.store i64.store f32.store f64.store i32.store8 " +
      "i32.store16 i64.store8 i64.store16 i64.store32",
  ],
  [
    0x45,
    "",
    "i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u " +
      "i64.eqz i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u " +
      "f32.eq f32.ne f32.lt f32.gt f32.le f32.ge f64.eq f64.ne f64.lt f64.gt f64.le f64.ge " +
      "i32.clz i32.ctz i32.popcnt i32.add i32.sub i32.mul i32.div_s i32.div_u i32.rem_s i32.rem_u i32.and i32.or " +
      "i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr " +
      "i64.clz i64.ctz i64.popcnt i64.add i64.sub i64.mul i64.div_s i64.div_u i64.rem_s i64.rem_u i64.and i64.or " +
      "i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr " +
      "f32.abs f32.neg f32.ceil f32.floor f32.trunc f32.nearest f32.sqrt f32.add f32.sub f32.mul f32.div f32.min " +
      "f32.max f32.copysign f64.abs f64.neg f64.ceil f64.floor f64.trunc f64.nearest f64.sqrt f64.add f64.sub " +
      "f64.mul f64.div f64.min f64.max f64.copysign " +
      "i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u i64.extend_i32_s " +
      "i64.extend_i32_u i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u f32.convert_i32_s " +
      "f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u f32.demote_f64 f64.convert_i32_s f64.convert_i32_u " +
      "f64.convert_i64_s f64.convert_i64_u f64.promote_f32 i32.reinterpret_f32 i64.reinterpret_f64 " +
      "f32.reinterpret_i32 f64.reinterpret_i64 " +
      "i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s",
  ],
  [
    0xfc00,
    "",
    "i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u i64.trunc_sat_f32_s " +
      "i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u",
  ],
  [0xfe00, "memory", "memory.atomic.notify memory.atomic.wait32 memory.atomic.wait64"],
  [
    0xfe10,
    "memory",
    "i32.atomic.load i64.atomic.load i32.atomic.load8_u i32.atomic.load16_u i64.atomic.load8_u " +
      "i64.atomic.load16_u i64.atomic.load32_u i32.atomic.store i64.atomic.store i32.atomic.store8 " +
      "i32.atomic.store16 i64.atomic.store8 i64.atomic.store16 i64.atomic.store32 " +
      ["add", "sub", "and", "or", "xor", "xchg", "cmpxchg"]
        .flatMap((op) => [
          `i32.atomic.rmw.${op} i64.atomic.rmw.${op} i32.atomic.rmw8.${op}_u i32.atomic.rmw16.${op}_u`,
          `i64.atomic.rmw8.${op}_u i64.atomic.rmw16.${op}_u i64.atomic.rmw32.${op}_u`,
        ])
        .join(" "),
  ],
];

export interface Opcode {
  readonly code: number;
  readonly name: string;
  readonly immediates: Immediates;
}

/** By opcode; opcodes behind a prefix byte are `prefix << 8 | opcode`. */
export const opcodes: ReadonlyMap<number, Opcode> = new Map(
  [
    ...table,
    ...runs.flatMap(([first, immediates, names]) =>
      names.split(" ").map((name, i) => [first + i, name, immediates] as const),
    ),
  ].map(([code, name, immediates]) => [code, { code, name, immediates }]),
);
