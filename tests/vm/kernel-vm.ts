/// <reference lib="dom" />
// The kernel's VM (kernel/vm, pmap, zones) as a WebAssembly module on the host. Scheduler, ports and pager messages are
// stand-ins from kernel/vm/testing; page tables are real, and user accesses go through them by copyin and copyout.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import asc from "assemblyscript/asc";
import { KERN_RESOURCE_SHORTAGE } from "../../abi/kern_return";
import { MACH_SEND_INVALID_DEST } from "../../abi/mach_msg";

const root = resolve(import.meta.dirname, "../..");
const ENTRY = "kernel/vm/testing/entry.ts";
const STAND_INS: Record<string, string> = {
  "kernel/kern/sched.ts": "kernel/vm/testing/sched.ts",
  "kernel/kern/debug.ts": "kernel/vm/testing/debug.ts",
  "kernel/ipc/ipc_port.ts": "kernel/vm/testing/ipc_port.ts",
  "kernel/vm/vm_ports.ts": "kernel/vm/testing/vm_ports.ts",
  "kernel/vm/memory_object_user.ts": "kernel/vm/testing/memory_object_user.ts",
};
/** Static data at 2 MiB of the direct map, as in the kernel; decimal, which is what asc understands. */
const OPTIONS = [
  "--runtime=stub",
  "-O3",
  "--noAssert",
  "--enable=threads",
  "--sharedMemory",
  "--importMemory",
  `--memoryBase=${0xc0200000}`,
  "--initialMemory=65536",
  "--maximumMemory=65536",
  "--use=abort=kernel/vm/testing/debug/kernel_abort",
];

/** The text of a source; a stand-in is re-exported from where the real one would be. */
function readSource(name: string): string | null {
  const standIn = STAND_INS[name];
  if (standIn !== undefined) {
    const up = "../".repeat(name.split("/").length - 1);
    return `export * from "${up}${standIn.replace(/\.ts$/, "")}";`;
  }
  const path = join(root, name);
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

function sourceHash(): string {
  const hash = createHash("sha256").update(JSON.stringify(OPTIONS));
  const files = ["kernel/i386/pmap.ts", "kernel/i386/vm_param.ts", "kernel/kern/zone.ts", "guest/i386.ts"];
  for (const folder of ["abi", "kernel/vm", "kernel/vm/testing"]) {
    for (const name of readdirSync(join(root, folder)).sort())
      if (name.endsWith(".ts")) files.push(`${folder}/${name}`);
  }
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest("hex").slice(0, 16);
}

async function compile(): Promise<WebAssembly.Module> {
  const path = join(root, "build/test", `vm-${sourceHash()}.wasm`);
  if (!existsSync(path)) {
    let binary: Uint8Array | undefined;
    const errors: string[] = [];
    const result = await asc.main([ENTRY, "--outFile=vm.wasm", ...OPTIONS], {
      readFile: (name) => readSource(name),
      writeFile: (_name, contents) => void (binary = contents as Uint8Array),
      listFiles: () => [],
      stderr: { write: (text: string) => void errors.push(text) } as never,
    });
    if (result.error || !binary) throw new Error(`kernel/vm does not compile:\n${errors.join("")}`);
    mkdirSync(join(root, "build/test"), { recursive: true });
    writeFileSync(`${path}.${process.pid}`, binary);
    renameSync(`${path}.${process.pid}`, path);
  }
  return WebAssembly.compile(readFileSync(path) as Uint8Array<ArrayBuffer>);
}

type Exports = Record<string, (...args: number[]) => number>;

/** What a test pager answers; the defaults supply pages whose words are `pattern(id, page)`. */
export interface PagerBehaviour {
  /** Names its contents; its number by default. */
  id?: number;
  /** MEMORY_OBJECT_COPY_*; 2 (DELAY) by default. */
  strategy?: number;
  mayCache?: boolean;
  /** Rights withheld from supplied pages. */
  lock?: number;
  answer?: "supply" | "unavailable" | "error" | "silence" | "dead";
  /** There is no memory for messages that bring it pages. */
  short?: boolean;
  /** Says everything twice. */
  repeats?: boolean;
}

interface Pager extends Required<PagerBehaviour> {
  port: number;
  control: number;
  terminated: number;
  requests: number[];
  unlocks: number[];
  /** Pages it was sent back: words that fill the page, or contents. */
  returned: Map<number, Uint32Array>;
  /** `page dirty kernelCopy` of each page sent back, in order. */
  returns: string[];
  /** Its page 0 has the contents of this page of `pagerWord`. */
  firstPage: number;
}

const NEW_PAGER = {
  strategy: 2,
  mayCache: false,
  lock: 0,
  answer: "supply",
  repeats: false,
  short: false,
} as const;

function emptyPager() {
  return {
    terminated: 0,
    requests: [],
    unlocks: [],
    returned: new Map<number, Uint32Array>(),
    returns: [],
    firstPage: 0,
  };
}

/** The word that page `page` of test pager `id` is filled with. */
export function pagerWord(id: number, page: number): number {
  return (0x50000000 + id * 0x10000 + page) >>> 0;
}

export interface Region {
  start: number;
  end: number;
  protection: number;
  maximum: number;
  inheritance: number;
  shared: boolean;
  /** Bottom of the shadow chain; 0: none yet. */
  object: number;
  offset: number;
  needsCopy: boolean;
  wired: number;
  /** The entry's own object. */
  own: number;
  /** Whether the bottom of the chain is a pager's, and the offset there. */
  external: boolean;
  bottomOffset: number;
}

export class KernelVm {
  readonly call: Exports;
  readonly pagers: Pager[] = [];
  readonly replies: { id: number; port: number; result: number }[] = [];
  private readonly words: Uint32Array;
  private readonly pending: (() => void)[] = [];
  /** INVLPGs and loads of CR3 so far. */
  readonly flushes = { page: 0, all: 0 };
  private stack = 0;
  private depth = 0;
  /** Ends a wait that nothing would end; the default fails the test. */
  onDeadlock: (event: number) => number = (event) => {
    throw new Error(`nothing wakes the thread that waits for ${event.toString(16)}`);
  };

  private constructor(module: WebAssembly.Module) {
    const memory = new WebAssembly.Memory({ initial: 65536, maximum: 65536, shared: true });
    this.words = new Uint32Array(memory.buffer);
    const instance = new WebAssembly.Instance(module, this.imports(memory));
    const raw = instance.exports as unknown as Exports;
    this.call = new Proxy({} as Exports, {
      get: (_, name: string) => {
        const target = raw[name];
        if (typeof target !== "function") throw new Error(`the VM module does not export ${name}`);
        return (...args: number[]) => this.enter(() => target(...args));
      },
    });
    this.scratch = (instance.exports["scratch"] as WebAssembly.Global).value >>> 0;
  }
  readonly scratch: number;

  static async boot({ memory = 32 << 20, invlpg = true, checks = true } = {}): Promise<KernelVm> {
    const vm = new KernelVm(await compile());
    vm.call["boot"]!(memory, Number(invlpg), Number(checks));
    return vm;
  }

  /** Slots of stackAlloc are good until the outermost call returns. */
  private enter<T>(action: () => T): T {
    if (this.depth++ === 0) this.stack = 0xc0300000;
    try {
      return action();
    } finally {
      this.depth--;
    }
  }

  private imports(memory: WebAssembly.Memory): WebAssembly.Imports {
    const stackAlloc = (bytes: number) => {
      const slot = this.stack;
      this.stack += (bytes + 3) & ~3;
      if (this.stack > 0xc0400000) throw new Error("stackAlloc: too much in one call");
      return slot | 0;
    };
    return {
      env: { memory },
      i386: {
        stackAlloc,
        invlpg: () => void this.flushes.page++,
        storeCr3: () => void this.flushes.all++,
        loadCr3: () => 0,
      },
      host: {
        panic: (text: number, file: number, line: number) => {
          const where = file === 0 ? "" : ` at ${this.string(file >>> 0)}:${line}`;
          throw new Error(`panic: ${this.string(text >>> 0)}${where}`);
        },
        block: (event: number) => this.block(event >>> 0),
        pagerInit: (port: number, control: number) => {
          const pager = this.pagerAt(port);
          pager.control = control >>> 0;
          this.later(pager, control >>> 0, () => {
            this.call["pager_ready"]!(control, Number(pager.mayCache), pager.strategy);
          });
          return 0;
        },
        pagerTerminate: (port: number) => {
          const pager = this.pagerAt(port);
          pager.terminated++;
          pager.control = 0;
          return 0;
        },
        pagerDataRequest: (port: number, control: number, offset: number) => {
          const pager = this.pagerAt(port);
          if (pager.answer === "dead") return MACH_SEND_INVALID_DEST;
          this.dataRequest(pager, control >>> 0, offset >>> 0);
          return 0;
        },
        pagerDataUnlock: (port: number, control: number, offset: number, access: number) => {
          const pager = this.pagerAt(port);
          pager.unlocks.push(access);
          this.later(pager, control >>> 0, () => {
            this.call["pager_lock"]!(control, offset, 4096, 0, 0, 0, 0);
          });
          return 0;
        },
        pagerDataReturn: (
          port: number,
          data: number,
          offset: number,
          size: number,
          dirty: number,
          kernelCopy: number,
        ) => {
          const pager = this.pagerAt(port);
          if (pager.answer === "dead") return MACH_SEND_INVALID_DEST;
          if (pager.short) return KERN_RESOURCE_SHORTAGE;
          for (let at = 0; at < size; at += 4096) {
            const page = ((offset >>> 0) + at) / 4096;
            this.call["copy_read"]!(data, at);
            const buffer = (this.scratch + 4096) >>> 2;
            pager.returned.set(page, this.words.slice(buffer, buffer + 1024));
            pager.returns.push(`${page} ${dirty ? "dirty" : "clean"} ${kernelCopy ? "kept" : "gone"}`);
          }
          this.pending.push(() => this.call["vm_map_copy_discard"]!(data));
          return 0;
        },
        pagerCopy: (port: number, offset: number, _length: number, copy: number) => {
          const { id, firstPage } = this.pagerAt(port);
          const start = firstPage + (offset >>> 0) / 4096;
          this.pagers.push({
            ...NEW_PAGER,
            ...emptyPager(),
            id,
            port: copy >>> 0,
            control: 0,
            firstPage: start,
          });
          return 0;
        },
        pagerCreate: (port: number, control: number) => {
          this.pagers.push({
            ...NEW_PAGER,
            id: -1,
            port: port >>> 0,
            control: control >>> 0,
            ...emptyPager(),
          });
          return 0;
        },
        pagerReply: (id: number, port: number, result: number) => {
          this.replies.push({ id, port: port >>> 0, result });
          return 0;
        },
      },
    };
  }

  private string(address: number): string {
    const length = this.words[(address - 4) >>> 2]! / 2;
    const text = new Uint16Array(this.words.buffer, address, length);
    return String.fromCharCode(...text);
  }

  /** Not 0: what pagers have to say comes in no order. */
  disorder = 0;

  private block(event: number): number {
    for (;;) {
      const [action] = this.pending.splice(this.disorder ? this.disorder++ % this.pending.length || 0 : 0, 1);
      if (action !== undefined) action();
      else if (!this.pages()) return this.onDeadlock(event);
      if (this.call["wait_is_over"]!()) return 0;
    }
  }

  /** The harness serves anonymous memory as the default pager would. */
  startDefaultPager(): void {
    this.paging = true;
    this.call["default_pager"]!(this.call["pager_create"]!());
  }
  private paging = false;

  /** What the pageout thread would do for who waits. */
  private pages(): boolean {
    if (!this.paging) return false;
    this.call["pageout_round"]!();
    return this.pending.length > 0 || this.call["wait_is_over"]!() !== 0;
  }

  /** Pages out until `count` pages are free, or nothing more can be; pagers have done their work then. */
  pageOut(count: number): void {
    for (let before = -1; this.call["free_pages"]!() !== before;) {
      before = this.call["free_pages"]!();
      this.call["page_out"]!(count);
      this.settle();
    }
  }

  private pagerAt(port: number): Pager {
    const pager = this.pagers.find((candidate) => candidate.port === port >>> 0);
    if (pager === undefined) throw new Error("a message to a pager that nobody made");
    return pager;
  }

  private dataRequest(pager: Pager, control: number, offset: number): void {
    pager.requests.push(offset / 4096);
    const page = offset / 4096;
    if (pager.answer === "silence") return;
    this.later(pager, control, () => {
      if (pager.answer === "unavailable") {
        this.call["pager_unavailable"]!(control, offset, 4096);
      } else if (pager.answer === "error") {
        this.call["pager_error"]!(control, offset, 4096);
      } else {
        const buffer = (this.scratch + 4096) >>> 2;
        const kept = pager.returned.get(page);
        if (kept) this.words.set(kept, buffer);
        else this.words.fill(pagerWord(pager.id, pager.firstPage + page), buffer, buffer + 1024);
        this.call["pager_supply"]!(control, offset, pager.lock, 0);
        if (pager.repeats) this.call["pager_supply"]!(control, offset, pager.lock, 0);
      }
    });
  }

  /** What a pager does when it runs next, unless the object is terminated by then. */
  private later(pager: Pager, control: number, action: () => void): void {
    this.pending.push(() => {
      if (pager.control === control) action();
    });
  }

  addPager(behaviour: PagerBehaviour = {}): Pager {
    const pager: Pager = {
      ...NEW_PAGER,
      id: this.pagers.length,
      ...behaviour,
      port: this.call["pager_create"]!() >>> 0,
      control: 0,
      ...emptyPager(),
    };
    this.pagers.push(pager);
    return pager;
  }

  /** The pager's port dies, with what it was about to say. */
  killPager(port: number): void {
    const pager = this.pagerAt(port);
    pager.answer = "dead";
    pager.control = 0;
    this.call["vm_object_pager_died"]!(port);
  }

  /** Has `action` run when a thread blocks next, before any pager does. */
  whenBlocked(action: () => void): void {
    this.pending.unshift(action);
  }

  /** Forgets all pagers; nothing maps their objects any more. */
  removePagers(): void {
    this.settle();
    for (const pager of this.pagers) {
      // Memory objects of the kernel's own making end with their object.
      if (pager.id >= 0 || pager.terminated === 0) this.call["vm_object_pager_died"]!(pager.port);
      this.call["pager_destroy"]!(pager.port);
    }
    this.pagers.length = 0;
    this.replies.length = 0;
  }

  /** Delivers what pagers have been sent and nobody has waited for yet. */
  settle(): void {
    for (let action = this.pending.shift(); action !== undefined; action = this.pending.shift()) action();
  }

  cell(index: number): number {
    return this.words[(this.scratch >>> 2) + index]!;
  }

  setCell(index: number, value: number): void {
    this.words[(this.scratch >>> 2) + index] = value;
  }

  word(address: number): number {
    return this.words[address >>> 2]!;
  }

  setWord(address: number, value: number): void {
    this.words[address >>> 2] = value;
  }

  /** A 0-terminated string. */
  text(address: number): string {
    const bytes = new Uint8Array(this.words.buffer);
    let text = "";
    for (let at = address; bytes[at] !== 0; at++) text += String.fromCharCode(bytes[at]!);
    return text;
  }

  createMap(): number {
    return this.call["vm_map_create"]!() >>> 0;
  }

  /** The entries of `map` from `start` on, up to one that ends at `end` or behind it. */
  regions(map: number, start = 0, end = 0xc0000000): Region[] {
    const list: Region[] = [];
    for (let at = start; this.call["region"]!(map, at); at = list.at(-1)!.end) {
      list.push({
        start: this.cell(0),
        end: this.cell(1),
        protection: this.cell(2),
        maximum: this.cell(3),
        inheritance: this.cell(4),
        shared: this.cell(5) !== 0,
        object: this.cell(6),
        offset: this.cell(7),
        needsCopy: this.cell(8) !== 0,
        wired: this.cell(9),
        own: this.cell(10),
        external: this.cell(12) !== 0,
        bottomOffset: this.cell(13),
      });
      if (list.at(-1)!.end >= end) break;
    }
    return list;
  }

  /** Throws unless every invariant of the map and of physical memory holds. */
  check(map: number): void {
    const result = this.call["vm_map_check"]!(map);
    if (result !== 0) throw new Error(`vm_map_check: invariant ${result}`);
    const pages = this.call["vm_page_check"]!();
    if (pages !== 0) throw new Error(`vm_page_check: invariant ${pages}`);
  }
}
