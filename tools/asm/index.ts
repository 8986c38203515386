// The typed assembler. In a *.asm.ts file: export default function (a: Assembler): void { ... }
// In a spec: const { bytes, labels } = assemble((a) => { a.mov(eax, 1); a.hlt(); }, { origin: 0x1000 });
import { assembleModule, type AssemblyRoutine } from "./assembler";
import type { Fixup } from "./encode";

export * from "./operands";
export { assembleModule, createAssembler } from "./assembler";
export type { Assembler, AssemblyRoutine, ObjectModule } from "./assembler";
export type { MnemonicName } from "./encode";
export type { FrameRow } from "./layout";

export interface AssembleOptions {
  /** The address of the first byte; 0 when not given. */
  readonly origin?: number;
  /** Addresses of symbols that the routine uses and does not define. */
  readonly symbols?: Readonly<Record<string, number>>;
}

export interface Assembled {
  readonly bytes: Uint8Array;
  /** Addresses of all labels. */
  readonly labels: Readonly<Record<string, number>>;
}

/** Writes a fixup's final value. `base` is the address of `bytes[0]`. */
export function applyFixup(bytes: Uint8Array, base: number, fixup: Fixup, target: number): void {
  const from = fixup.kind === "relative" ? base + fixup.offset + 4 : 0;
  new DataView(bytes.buffer, bytes.byteOffset).setInt32(
    fixup.offset,
    (target + fixup.addend - from) | 0,
    true,
  );
}

/** Assembles a routine for a fixed address; sections follow one another in the order of their first use. */
export function assemble(routine: AssemblyRoutine, options: AssembleOptions = {}): Assembled {
  const { sections, name } = assembleModule(routine);
  const origin = options.origin ?? 0;
  const labels: Record<string, number> = {};
  const bases: number[] = [];
  let end = origin;
  for (const section of sections) {
    end = Math.ceil(end / section.align) * section.align;
    bases.push(end);
    for (const [label, offset] of section.labels) labels[label] = end + offset;
    end += section.bytes.length;
  }
  const bytes = new Uint8Array(end - origin);
  sections.forEach((section, i) => {
    bytes.set(section.bytes, bases[i] - origin);
    for (const fixup of section.fixups) {
      const target = fixup.symbol === "" ? 0 : (labels[fixup.symbol] ?? options.symbols?.[fixup.symbol]);
      if (target === undefined) throw new Error(`${name}: undefined symbol ${fixup.symbol}`);
      applyFixup(bytes, origin, { ...fixup, offset: fixup.offset + bases[i] - origin }, target);
    }
  });
  return { bytes, labels };
}
