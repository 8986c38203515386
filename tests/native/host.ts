/** Runs vectors on the host CPU in 32-bit mode. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  buildHarness,
  INPUT_BYTES,
  INPUT_CODE,
  INPUT_DATA,
  INPUT_EFLAGS,
  INPUT_EIP,
  INPUT_REGISTERS,
  OUTPUT_BYTES,
  OUTPUT_CONTEXT,
  OUTPUT_DATA,
  OUTPUT_SIGNAL,
  SIGVTALRM,
} from "./harness";
import { CODE_BASE, DATA_BYTES, ENDLESS } from "./vectors";
import type { Outcome, Vector } from "./vectors";

/** Offsets in `struct sigcontext`. */
const CONTEXT = {
  gs: 0,
  fs: 4,
  es: 8,
  ds: 12,
  edi: 16,
  esi: 20,
  ebp: 24,
  esp: 28,
  ebx: 32,
  edx: 36,
  ecx: 40,
  eax: 44,
  trap: 48,
  error: 52,
  eip: 56,
  cs: 60,
  eflags: 64,
  ss: 72,
  cr2: 84,
};

const TIMEOUT_MS = 60_000;

export class HostCpu {
  private readonly folder = mkdtempSync(join(tmpdir(), "mach386-native-"));
  private readonly program = join(this.folder, "harness");

  constructor() {
    writeFileSync(this.program, buildHarness(), { mode: 0o755 });
  }

  /** One outcome for each vector, in order. Throws when the host cannot run them. */
  run(vectors: readonly Vector[]): Outcome[] {
    const input = new Uint8Array(vectors.length * INPUT_BYTES);
    vectors.forEach((vector, i) => writeInput(input, i * INPUT_BYTES, vector));
    const { stdout, status, signal, error } = spawnSync(this.program, {
      input,
      maxBuffer: vectors.length * OUTPUT_BYTES + 1,
      timeout: TIMEOUT_MS,
    });
    if (error) throw error;
    const done = Math.floor(stdout.length / OUTPUT_BYTES);
    if (status !== 0 || done !== vectors.length) {
      throw new Error(`the host ended at vector ${done} (status ${status}, signal ${signal})`);
    }
    return vectors.map((_, i) => readOutput(stdout.subarray(i * OUTPUT_BYTES, (i + 1) * OUTPUT_BYTES)));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Whether this machine runs 32-bit programs with the segments that the vectors need. */
export function hostRuns32Bit(): boolean {
  if (process.platform !== "linux") return false;
  const host = new HostCpu();
  try {
    const registers = [1, 2, 3, 4, 5, 6, 7, 8];
    const [outcome] = host.run([
      { start: 0, code: Uint8Array.of(0xcc), registers, eflags: 0x202, memory: new Uint8Array(DATA_BYTES) },
    ]);
    return outcome.vector === 3 && outcome.registers.every((value, i) => value === registers[i]);
  } catch {
    return false;
  } finally {
    host.close();
  }
}

function writeInput(bytes: Uint8Array, offset: number, vector: Vector): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, INPUT_BYTES);
  view.setUint32(INPUT_EIP, CODE_BASE + vector.start, true);
  vector.registers.forEach((value, i) => view.setUint32(INPUT_REGISTERS + 4 * i, value, true));
  view.setUint32(INPUT_EFLAGS, vector.eflags, true);
  bytes.set(vector.code, offset + INPUT_CODE + vector.start);
  bytes.set(vector.memory, offset + INPUT_DATA);
}

function readOutput(bytes: Uint8Array): Outcome {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (name: keyof typeof CONTEXT): number => view.getUint32(OUTPUT_CONTEXT + CONTEXT[name], true);
  const selector = (name: keyof typeof CONTEXT): number =>
    view.getUint16(OUTPUT_CONTEXT + CONTEXT[name], true);
  const endless = view.getUint32(OUTPUT_SIGNAL, true) === SIGVTALRM;
  const vector = endless ? ENDLESS : word("trap");
  return {
    vector,
    errorCode: word("error"),
    cr2: vector === 14 ? word("cr2") : 0,
    eip: word("eip"),
    eflags: word("eflags"),
    registers: (["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"] as const).map(word),
    segments: (["es", "cs", "ss", "ds", "fs", "gs"] as const).map(selector),
    memory: bytes.subarray(OUTPUT_DATA),
  };
}
