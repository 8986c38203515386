// Copies and fills: short ones of constant length in place, others by a routine.
import type { Value, Width } from "./ir";
import type { Lowering } from "./lower";

/** Bytes up to which a copy or fill of constant length is done in place. */
const bulkInline = { copy: 16, fill: 32 } as const;

/** The words, and what is left, of a range of bytes. */
function pieces(count: number): { at: number; width: Width }[] {
  const list: { at: number; width: Width }[] = [];
  for (let at = 0; at < count;) {
    const width = count - at >= 4 ? "32" : count - at >= 2 ? "16u" : "8u";
    list.push({ at, width });
    at += width === "32" ? 4 : width === "16u" ? 2 : 1;
  }
  return list;
}

export function lowerBulk(l: Lowering, operation: "copy" | "fill"): void {
  const count = l.pop();
  const second = l.pop();
  const to = l.pop();
  if (!count.isConstant || count.number >>> 0 > bulkInline[operation]) {
    l.value(operation, [to, second, count]);
  } else if (operation === "copy") copyInline(l, to, second, count.number);
  else if (second.isConstant) fillInline(l, to, second.number & 0xff, count.number);
  else l.value(operation, [to, second, count]);
}

/** All loads come before all stores, since the ranges may overlap. */
function copyInline(l: Lowering, to: Value, from: Value, count: number): void {
  const parts = pieces(count).map(({ at, width }) => ({
    at,
    width,
    value: l.value("load", [from], { width, number: at }),
  }));
  for (const { at, width, value } of parts) l.value("store", [to, value], { width, number: at });
}

function fillInline(l: Lowering, to: Value, byte: number, count: number): void {
  const value = l.constant(Math.imul(byte, 0x01010101));
  for (const { at, width } of pieces(count)) l.value("store", [to, value], { width, number: at });
}
