// Items to bytes: chooses short or near branches, resolves branches within the section, keeps the other fixups.
import { encode, type Encoded, type Fixup } from "./encode";

export type Item =
  | { readonly kind: "code"; readonly encoded: Encoded; readonly text: string; readonly position: number }
  | { readonly kind: "branch"; readonly mnemonic: string; readonly target: string; readonly position: number }
  | {
      readonly kind: "absolute-branch";
      readonly mnemonic: string;
      readonly target: number;
      readonly position: number;
    }
  | { readonly kind: "label"; readonly name: string }
  | { readonly kind: "frame"; readonly depth: number | undefined; readonly saved: readonly number[] }
  | { readonly kind: "align"; readonly bytes: number; readonly fill: number };

/** Where the caller's frame is while code from `offset` on runs. */
export interface FrameRow {
  readonly offset: number;
  /** Bytes from ESP to what the caller had there before it called; undefined where there is no caller. */
  readonly depth: number | undefined;
  /** Numbers of the registers saved below the return address, in the order of their pushes. */
  readonly saved: readonly number[];
}

export interface ObjectSection {
  readonly name: string;
  readonly align: number;
  readonly bytes: Uint8Array;
  readonly fixups: readonly Fixup[];
  /** Offsets of all labels. */
  readonly labels: ReadonlyMap<string, number>;
  /** Where instructions of a new source position begin, ascending. */
  readonly positions: readonly { readonly offset: number; readonly position: number }[];
  /** Ascending; none when nothing is known. */
  readonly frames: readonly FrameRow[];
}

const shortLength = 2;
const nearJump = 5;
const nearConditional = 6;

/** LOOP and JECXZ have no near form. */
const shortOnly = /^(loop|jcxz|jecxz)/;

function nearLength(mnemonic: string): number {
  return mnemonic === "jmp" || mnemonic === "call" ? nearJump : nearConditional;
}

function isNear(item: Item, near: ReadonlySet<Item>): boolean {
  return item.kind === "absolute-branch" || near.has(item);
}

/** The length of an item that starts at `offset`. */
function lengthOf(item: Item, offset: number, near: ReadonlySet<Item>): number {
  switch (item.kind) {
    case "code":
      return item.encoded.bytes.length;
    case "label":
    case "frame":
      return 0;
    case "align":
      return -offset & (item.bytes - 1);
    default:
      return isNear(item, near) ? nearLength(item.mnemonic) : shortLength;
  }
}

interface Placement {
  readonly offsets: number[];
  readonly labels: Map<string, number>;
  readonly length: number;
}

function place(items: readonly Item[], near: ReadonlySet<Item>): Placement {
  const offsets: number[] = [];
  const labels = new Map<string, number>();
  let offset = 0;
  for (const item of items) {
    offsets.push(offset);
    if (item.kind === "label") labels.set(item.name, offset);
    offset += lengthOf(item, offset, near);
  }
  return { offsets, labels, length: offset };
}

/** Starts with every branch short and lengthens those that do not reach, until all do. */
function relax(items: readonly Item[]): { placement: Placement; near: Set<Item> } {
  const near = new Set<Item>();
  for (;;) {
    const placement = place(items, near);
    let changed = false;
    items.forEach((item, i) => {
      if (item.kind !== "branch" || near.has(item)) return;
      const target = placement.labels.get(item.target);
      const distance = target === undefined ? Infinity : target - (placement.offsets[i] + shortLength);
      if (distance >= -128 && distance <= 127) return;
      if (shortOnly.test(item.mnemonic)) throw new Error(`${item.mnemonic} ${item.target} is out of reach`);
      near.add(item);
      changed = true;
    });
    if (!changed) return { placement, near };
  }
}

function encodeBranch(mnemonic: string, from: number, to: number, near: boolean): Uint8Array {
  const { bytes } = encode(mnemonic, [near ? from + 0x1000 : to], undefined, from);
  if (near)
    new DataView(bytes.buffer, bytes.byteOffset).setInt32(bytes.length - 4, to - (from + bytes.length), true);
  return bytes;
}

/** Lays out one section. Fixups remain for absolute addresses and for names that the section does not define. */
export function layout(name: string, items: readonly Item[]): ObjectSection {
  const { placement, near } = relax(items);
  const bytes = new Uint8Array(placement.length);
  const fixups: Fixup[] = [];
  const positions: { offset: number; position: number }[] = [];
  const frames: FrameRow[] = [];
  let align = 1;
  let position = -1;

  const addFixup = (fixup: Fixup) => {
    const target = placement.labels.get(fixup.symbol);
    if (fixup.kind === "relative" && target !== undefined) {
      const value = target + fixup.addend - (fixup.offset + 4);
      new DataView(bytes.buffer).setInt32(fixup.offset, value, true);
    } else fixups.push(fixup);
  };

  items.forEach((item, i) => {
    const offset = placement.offsets[i];
    if ("position" in item && item.position !== position) {
      position = item.position;
      positions.push({ offset, position });
    }
    switch (item.kind) {
      case "code":
        bytes.set(item.encoded.bytes, offset);
        for (const fixup of item.encoded.fixups) addFixup({ ...fixup, offset: fixup.offset + offset });
        break;
      case "branch": {
        const target = placement.labels.get(item.target);
        bytes.set(encodeBranch(item.mnemonic, offset, target ?? 0, near.has(item)), offset);
        if (target === undefined) {
          const at = offset + nearLength(item.mnemonic) - 4;
          fixups.push({ offset: at, kind: "relative", symbol: item.target, addend: 0 });
        }
        break;
      }
      case "absolute-branch": {
        // The same field as a branch to the symbol "" at address 0.
        bytes.set(encodeBranch(item.mnemonic, offset, 0, true), offset);
        const at = offset + nearLength(item.mnemonic) - 4;
        fixups.push({ offset: at, kind: "relative", symbol: "", addend: item.target });
        break;
      }
      case "frame":
        frames.push({ offset, depth: item.depth, saved: item.saved });
        break;
      case "align":
        align = Math.max(align, item.bytes);
        bytes.fill(item.fill, offset, offset + lengthOf(item, offset, near));
        break;
    }
  });
  return { name, align, bytes, fixups, labels: placement.labels, positions, frames };
}
