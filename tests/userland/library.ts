// The user programs' runtime library as WebAssembly on the host, over a small model of the kernel's address map.
import asc from "assemblyscript/asc";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { D_IO_ERROR } from "../../abi/kern_return";
import { MSGH_ID, MSG_HEADER_SIZE } from "../../abi/mach_msg";
import { projectRoot } from "../../tools/root";

export const PAGE = 4096;
/** Program memory ends here, frames and arguments included; what the model maps lies above. */
const STATIC_END = 0x02000000;
const FRAMES = 0x00900000;
const SCRATCH = 0x00a00000;
/** Where the model puts memory whose place it may choose. */
const ANYWHERE = 0x10000000;
const LIMIT = 0xc0000000;

const VM_PROTECT = 2024;
const VM_REGION = 2029;
const DEVICE_WRITE = 2802;
const DEVICE_READ = 2804;
const DEVICE_GET_STATUS = 2811;

interface Entry {
  start: number;
  end: number;
  protection: number;
}

/** An address map without merging: what the library's calls mean, and nothing else. */
export class MapModel {
  entries: Entry[] = [];
  /** every call, for tests that care about their order */
  readonly calls: string[] = [];

  private overlaps(start: number, end: number): boolean {
    return this.entries.some((entry) => entry.start < end && start < entry.end);
  }

  private clip(at: number): void {
    const index = this.entries.findIndex((entry) => entry.start < at && at < entry.end);
    if (index < 0) return;
    const entry = this.entries[index];
    this.entries.splice(index, 1, { ...entry, end: at }, { ...entry, start: at });
  }

  /** Returns a kern_return and the address. */
  map(address: number, size: number, anywhere: boolean, protection: number): [number, number] {
    const length = Math.ceil(size / PAGE) * PAGE;
    let start = Math.floor(address / PAGE) * PAGE;
    if (anywhere) for (start = ANYWHERE; this.overlaps(start, start + length);) start += PAGE;
    if (start + length > LIMIT) return [1, 0];
    if (this.overlaps(start, start + length)) return [3, 0];
    this.entries.push({ start, end: start + length, protection });
    this.entries.sort((a, b) => a.start - b.start);
    return [0, start];
  }

  private range(address: number, size: number): [number, number] {
    const start = Math.floor(address / PAGE) * PAGE;
    const end = Math.ceil((address + size) / PAGE) * PAGE;
    this.clip(start);
    this.clip(end);
    return [start, end];
  }

  unmap(address: number, size: number): void {
    const [start, end] = this.range(address, size);
    this.entries = this.entries.filter((entry) => entry.end <= start || entry.start >= end);
  }

  protect(address: number, size: number, protection: number): void {
    const [start, end] = this.range(address, size);
    for (const entry of this.entries)
      if (entry.start >= start && entry.end <= end) entry.protection = protection;
  }

  protectionAt(address: number): number | undefined {
    return this.entries.find((entry) => entry.start <= address && address < entry.end)?.protection;
  }
}

interface WasmMemory {
  buffer: ArrayBuffer;
}
interface WasmImport {
  module: string;
  name: string;
  kind: string;
}
/** The part of the WebAssembly interface that is used here; Node's types do not have it. */
interface WasmInterface {
  Module: { new (bytes: Uint8Array): object; imports(module: object): WasmImport[] };
  Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
  Instance: new (module: object, imports: Imports) => { exports: Record<string, WasmFunction> };
}
type Imports = Record<string, Record<string, unknown>>;
const wasmInterface = (globalThis as unknown as { WebAssembly: WasmInterface }).WebAssembly;

type WasmFunction = (...values: number[]) => number;

export interface Library {
  call: Record<string, WasmFunction>;
  memory: Uint8Array;
  view: DataView;
  map: MapModel;
  /** what was printed so far */
  output(): string;
  /** Stores a byte string with its 0; good until the next test. */
  bytes(text: string): number;
  /** An AssemblyScript string. */
  text(value: string): number;
  /** Makes `disk` the device that device_read and device_write reach. */
  attach(disk: DiskModel): void;
  /** Makes `bytes` the partition that the file systems read and write. */
  insertDisk(bytes: Uint8Array): void;
  /** Sectors of it that can neither be read nor written. */
  badSectors: Set<number>;
  /** Sectors written so far, and after how many the power goes: nothing is written then, and nobody is told. */
  power: { written: number; limit: number };
  reset(): void;
}

async function compileLibrary(entry: string): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      entry,
      ...["--outFile", "out.wasm", "--runtime", "stub", "-O2", "--noAssert", "--exportTable"],
      ...["--enable", "threads", "--sharedMemory", "--importMemory"],
      ...["--initialMemory", "65536", "--maximumMemory", "65536"],
    ],
    {
      readFile: (name, base) => {
        try {
          return readFileSync(join(projectRoot, base === "." ? "" : base, name), "utf8");
        } catch {
          return null;
        }
      },
      writeFile: (_name, contents) => {
        if (typeof contents !== "string") wasm = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(stderr.toString());
  return wasm!;
}

/** A block device of pages, some of which it neither writes nor reads. */
export class DiskModel {
  readonly bad = new Set<number>();
  constructor(readonly pages: Uint8Array) {}

  /** The place of `bytes` from sector `sector` on, or undefined: an error. */
  place(sector: number, bytes: number): number | undefined {
    const at = sector * 512;
    for (let page = at / PAGE; page < (at + bytes) / PAGE; page++) if (this.bad.has(page)) return undefined;
    return at + bytes <= this.pages.length ? at : undefined;
  }
}

/** The kernel's side of mach_msg for the calls that have no trap of their own. */
function answerMessage(view: DataView, map: MapModel, disk: DiskModel, message: number): number {
  const word = (offset: number) => view.getUint32(message + offset, true);
  const items = (values: number[]) =>
    values.forEach((value, index) => {
      view.setUint32(message + MSG_HEADER_SIZE + index * 8, 0x10012002, true);
      view.setUint32(message + MSG_HEADER_SIZE + index * 8 + 4, value, true);
    });
  const id = word(MSGH_ID);
  let size = 32;
  let bits = 0x1200;
  if (id === VM_PROTECT) {
    map.calls.push("vm_protect");
    map.protect(word(28), word(36), word(52));
    items([0]);
  } else if (id === VM_REGION) {
    const address = word(28);
    const found = map.entries.find((entry) => entry.end > address);
    if (found) {
      items([0, found.start, found.end - found.start, found.protection, 7, 1, 0, 0, 0]);
      view.setUint32(message + 72, 0x10012000, true);
      view.setUint32(message + 80, 0x10012011, true);
      size = 96;
      bits |= 0x80000000;
    } else items([3]);
  } else if (id === DEVICE_WRITE) {
    const length = word(48);
    const place = disk.place(word(36), length);
    if (place === undefined) items([D_IO_ERROR]);
    else {
      disk.pages.set(new Uint8Array(view.buffer, word(52), length), place);
      items([0, length]);
      size = 40;
    }
  } else if (id === DEVICE_READ) {
    const length = word(44);
    const place = disk.place(word(36), length);
    if (place === undefined) items([D_IO_ERROR]);
    else {
      const [, address] = map.map(0, length, true, 3);
      new Uint8Array(view.buffer, address, length).set(disk.pages.subarray(place, place + length));
      items([0]);
      view.setUint32(message + 32, 0x24000000, true);
      view.setUint32(message + 36, 0x80009, true);
      view.setUint32(message + 40, length, true);
      view.setUint32(message + 44, address, true);
      size = 48;
      bits |= 0x80000000;
    }
  } else if (id === DEVICE_GET_STATUS) {
    items([0]);
    view.setUint32(message + 32, 0x10022002, true);
    view.setUint32(message + 36, disk.pages.length, true);
    view.setUint32(message + 40, 512, true);
    size = 44;
  } else throw new Error(`unexpected message ${id}`);
  view.setUint32(message, bits >>> 0, true);
  view.setUint32(message + 4, size, true);
  view.setUint32(message + MSGH_ID, id + 100, true);
  return 0;
}

function assemblerFunctions(
  view: DataView,
  bytes: Uint8Array,
  map: MapModel,
  device: () => DiskModel,
  print: (text: string) => void,
) {
  const out = (result: [number, number], slot: number) => {
    if (result[0] === 0) view.setUint32(slot, result[1], true);
    return result[0];
  };
  const cleared = (result: [number, number], size: number) => {
    if (result[0] === 0) bytes.fill(0, result[1], result[1] + Math.ceil(size / PAGE) * PAGE);
    return result;
  };
  return {
    mach_task_self: () => 1,
    mach_reply_port: () => 2,
    mach_thread_self: () => 3,
    mach_print: (at: number) => {
      let text = "";
      for (at >>>= 0; bytes[at] !== 0; at++) text += String.fromCharCode(bytes[at]);
      print(text);
    },
    vm_map_trap: (
      _task: number,
      slot: number,
      size: number,
      _mask: number,
      anywhere: number,
      ...rest: number[]
    ) => {
      map.calls.push("vm_map");
      const wish = view.getUint32(slot >>> 0, true);
      return out(cleared(map.map(wish, size >>> 0, anywhere !== 0, rest[3]), size), slot >>> 0);
    },
    vm_allocate_trap: (_task: number, slot: number, size: number, anywhere: number) => {
      map.calls.push("vm_allocate");
      const wish = view.getUint32(slot >>> 0, true);
      return out(cleared(map.map(wish, size >>> 0, anywhere !== 0, 3), size), slot >>> 0);
    },
    vm_deallocate_trap: (_task: number, address: number, size: number) => {
      map.calls.push("vm_deallocate");
      map.unmap(address >>> 0, size >>> 0);
      return 0;
    },
    mach_msg_trap: (message: number) => answerMessage(view, map, device(), message >>> 0),
  };
}

/**
 * Compiles what `entry` exports, and makes it callable.
 */
export async function loadLibrary(entry = "userland/testing/index.ts"): Promise<Library> {
  const module = new wasmInterface.Module(await compileLibrary(entry));
  const memory = new wasmInterface.Memory({ initial: 65536, maximum: 65536, shared: true });
  const bytes = new Uint8Array(memory.buffer);
  const view = new DataView(memory.buffer);
  const map = new MapModel();
  let output = "";
  let disk = new Uint8Array();
  let device = new DiskModel(disk);
  const badSectors = new Set<number>();
  const power = { written: 0, limit: Infinity };
  const sectors = (sector: number, count: number) => {
    const from = (sector >>> 0) * 512;
    if (from + count * 512 > disk.length) return undefined;
    for (let at = sector >>> 0; at < (sector >>> 0) + count; at++) if (badSectors.has(at)) return undefined;
    return disk.subarray(from, from + count * 512);
  };
  const host: Record<string, unknown> = {
    read_sectors(_device: number, sector: number, buffer: number, count: number) {
      const found = sectors(sector, count);
      if (found) bytes.set(found, buffer >>> 0);
      return found ? 0 : D_IO_ERROR;
    },
    write_sectors(_device: number, sector: number, buffer: number, count: number) {
      const found = sectors(sector, count);
      const kept = Math.max(Math.min(count, power.limit - power.written), 0);
      found?.set(bytes.subarray(buffer >>> 0, (buffer >>> 0) + kept * 512));
      power.written += count;
      return found ? 0 : D_IO_ERROR;
    },
  };
  let frame = FRAMES;
  let scratch = SCRATCH;
  const known = assemblerFunctions(
    view,
    bytes,
    map,
    () => device,
    (text) => (output += text),
  );
  const imports: Imports = {
    env: {
      memory,
      abort: () => {
        throw new Error("abort");
      },
    },
  };
  for (const { module: from, name, kind } of wasmInterface.Module.imports(module)) {
    if (kind !== "function" || from === "env") continue;
    imports[from] ??= {};
    if (from === "i386" && name === "stackAlloc")
      imports[from][name] = (size: number) => (frame += (size + 3) & ~3) - ((size + 3) & ~3);
    else if (from === "host") imports[from][name] = host[name];
    else
      imports[from][name] =
        (known as Record<string, unknown>)[name] ??
        (() => {
          throw new Error(name);
        });
  }
  const instance = new wasmInterface.Instance(module, imports);
  const start = () => {
    frame = FRAMES;
    scratch = SCRATCH;
    output = "";
    map.calls.length = 0;
  };
  map.map(0, STATIC_END, false, 3);
  const put = (data: Uint8Array) => {
    scratch = (scratch + 7) & ~7;
    bytes.set(data, scratch);
    scratch += data.length;
    return scratch - data.length;
  };
  return {
    call: instance.exports,
    memory: bytes,
    view,
    map,
    output: () => output,
    bytes: (text) => put(Buffer.from(text + "\0", "latin1")),
    text: (value) => {
      const header = put(new Uint8Array(8));
      view.setUint32(header + 4, value.length * 2, true);
      put(Buffer.from(value, "utf16le"));
      return header + 8;
    },
    attach: (model) => (device = model),
    badSectors,
    power,
    insertDisk: (contents) => (disk = contents as Uint8Array<ArrayBuffer>),
    reset: start,
  };
}
