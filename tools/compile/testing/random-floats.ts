// Floating-point operands of random programs.

export type FloatType = "f32" | "f64";
export const isFloatType = (type: string): type is FloatType => type === "f32" || type === "f64";

const numbers = [
  0,
  1,
  -1,
  0.5,
  1.5,
  2.5,
  -3,
  1e-3,
  1e9,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  2 ** 64,
  1e-310,
  5e-324,
  1e308,
];
const specials = [...numbers, 3.4e38, 1e-40, Infinity, -Infinity, -0, 1 / 3, Math.PI];
const view = new DataView(new ArrayBuffer(8));

/** The bits of a number, made of two random words; never a NaN. */
export function floatBits(type: FloatType, first: number, second: number): bigint {
  let value = specials[first % specials.length];
  if (first & 0x100) value *= second / 2 ** 20;
  if (type === "f64") {
    view.setFloat64(0, value);
    return Number.isNaN(value) ? 0n : view.getBigUint64(0);
  }
  view.setFloat32(0, value);
  return Number.isNaN(value) ? 0n : BigInt(view.getUint32(0));
}
