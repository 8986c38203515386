// Kernel modules as WebAssembly on the host: compiles a few lines of guest source that re-export what a spec calls, and
// instantiates them over a memory of the i386's size, with static data where the kernel has them.
import { compileScript } from "../tools/compile/assemblyscript";
import { kernelLayout } from "../tools/compile";

type Call = (...args: number[]) => number;

/** Kernel addresses that nothing else uses: what a spec writes goes from here on. */
const SCRATCH = 0x1000000;
/** Where `stackAlloc` takes its slots. */
const STACK = 0x2000000;

export class KernelModule {
  private scratch = SCRATCH;

  private constructor(
    readonly call: Record<string, Call>,
    private readonly memory: WebAssembly.Memory,
  ) {}

  /**
   * `source` is a guest module in kernel/; `imports` add to or replace the intrinsics of module "i386" and functions of
   * module "asm". An import that is called without having been given throws.
   */
  static async load(
    source: string,
    imports: Record<string, Record<string, Call>> = {},
  ): Promise<KernelModule> {
    const entry = "kernel/spec.ts";
    const script = await compileScript({
      entry,
      sources: { [entry]: source },
      memoryBase: kernelLayout.dataBase,
    });
    const memory = new WebAssembly.Memory({ initial: 65536, maximum: 65536, shared: true });
    let stack = STACK;
    const provided: Record<string, Record<string, unknown>> = {
      env: { memory },
      i386: { stackAlloc: (bytes: number) => (stack = stack - bytes) },
    };
    const module = await WebAssembly.compile(script.wasm as Uint8Array<ArrayBuffer>);
    for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
      if (kind !== "function") continue;
      const given = imports[from]?.[name] ?? provided[from]?.[name];
      (provided[from] ??= {})[name] = given ?? missing(from, name);
    }
    const instance = await WebAssembly.instantiate(module, provided as WebAssembly.Imports);
    return new KernelModule(instance.exports as Record<string, Call>, memory);
  }

  /** Room of `size` bytes, 16-aligned and zero. */
  allocate(size: number): number {
    const address = this.scratch;
    this.scratch += (size + 15) & ~15;
    this.bytes(address, size).fill(0);
    return address;
  }

  bytes(address: number, size: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address >>> 0, size);
  }

  word(address: number): number {
    return new DataView(this.memory.buffer).getUint32(address >>> 0, true);
  }

  /** Copies bytes into fresh memory. */
  place(bytes: Uint8Array): number {
    const address = this.allocate(bytes.length);
    this.bytes(address, bytes.length).set(bytes);
    return address;
  }

  /** A 0-terminated string in fresh memory. */
  string(text: string): number {
    return this.place(Buffer.from(`${text}\0`, "latin1"));
  }

  text(address: number, length: number): string {
    return Buffer.from(this.bytes(address, length)).toString("latin1");
  }
}

function missing(from: string, name: string): Call {
  return () => {
    throw new Error(`kernel code called ${from}.${name}`);
  };
}
