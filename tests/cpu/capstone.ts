/** The part of capstone-wasm that the tests use; the package's declarations are not exported. */

export interface Disassembled {
  readonly size: number;
  readonly mnemonic: string;
  readonly opStr: string;
}

interface CapstoneModule {
  loadCapstone(): Promise<void>;
  readonly Const: Readonly<Record<"CS_ARCH_X86" | "CS_MODE_32", number>>;
  readonly Capstone: new (
    architecture: number,
    mode: number,
  ) => {
    disasm(bytes: Uint8Array, options: { address: number; count: number }): Disassembled[];
  };
}

export type Disassembler = (bytes: Uint8Array, address: number) => Disassembled | undefined;

/** A function that disassembles one 32-bit instruction; undefined for bytes that capstone does not know. */
export async function loadDisassembler(): Promise<Disassembler> {
  const { loadCapstone, Capstone, Const } = (await import("capstone-wasm" as string)) as CapstoneModule;
  await loadCapstone();
  const capstone = new Capstone(Const.CS_ARCH_X86, Const.CS_MODE_32);
  return (bytes, address) => {
    try {
      return capstone.disasm(bytes, { address, count: 1 })[0];
    } catch {
      // The package throws where the library returns an empty list.
      return undefined;
    }
  };
}
