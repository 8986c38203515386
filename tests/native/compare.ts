/** Compares two outcomes of a stream, and prints a difference so that a person can act on it. */
import { ARITHMETIC, RF } from "./flags";
import type { StoredEnvironment, Stream } from "./generator";
import { decode } from "./opcodes";
import { CODE_BASE, CODE_BYTES, DATA_BASE, ESP, REGISTER_NAMES, SEGMENT_NAMES } from "./vectors";
import { isOfHarness } from "./harness";
import type { Outcome } from "./vectors";

/** EFLAGS that user code can see or change; RF and ID differ between processors. */
const COMPARED_FLAGS = ARITHMETIC | 0x47700;
/** Page faults: present, write, user. Later processors add bits. */
const PAGE_FAULT_BITS = 7;
const INT1 = 0xf1;

export function instructionsRun(stream: Stream, outcome: Outcome): number {
  const index = indexOf(stream, outcome);
  return index < 0 ? stream.offsets.length - 1 : index;
}

function indexOf(stream: Stream, outcome: Outcome): number {
  return stream.offsets.indexOf(outcome.eip - CODE_BASE - stream.vector.start);
}

/** Arithmetic flags that the architecture leaves open at the end of the stream. */
function openFlags(stream: Stream, outcome: Outcome): number {
  const index = indexOf(stream, outcome);
  const { undefinedBefore, undefinedDuring, offsets } = stream;
  if (index >= 0) return undefinedBefore[index] | undefinedDuring[index];
  if (outcome.eip === CODE_BASE + stream.vector.start + offsets[offsets.length - 1] + 1) {
    return undefinedBefore[undefinedBefore.length - 1];
  }
  return ARITHMETIC;
}

const PREFIXES = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf2, 0xf3];
const CMPS = [0xa6, 0xa7];
const ENTER = 0xc8;
const BOUND = 0x62;
const PUSHA = 0x60;
const POPA = 0x61;
/** BOUND, LES and LDS, which with a register are the beginning of longer instructions on later processors. */
const VECTOR_PREFIXES = [0x62, 0xc4, 0xc5];
const PAGE_END_BYTES = 15;

/** The first opcode byte of the instruction at which a stream ended. */
function opcodeAt({ vector }: Stream, { eip }: Outcome): number {
  const code = vector.code.subarray(Math.max(0, eip - CODE_BASE - vector.start));
  return code.find((byte) => !PREFIXES.includes(byte)) ?? -1;
}

/** INT1, of which virtual machines on AMD's processors report its own address instead of the next one. */
function isTrapOfInt1(stream: Stream, outcome: Outcome): boolean {
  return outcome.vector === 1 && opcodeAt(stream, outcome) === INT1;
}

/** A later processor looks for more bytes of a vector instruction, in the page behind the code's. */
function fetchesFurther(stream: Stream, expected: Outcome, actual: Outcome): boolean {
  const isAtEnd =
    expected.eip >= CODE_BASE + CODE_BYTES - PAGE_END_BYTES && expected.eip < CODE_BASE + CODE_BYTES;
  const differs = expected.vector === 14 && actual.vector === 6;
  return isAtEnd && differs && VECTOR_PREFIXES.includes(opcodeAt(stream, expected));
}

/** An access across the end of the address space: AMD's processors have it beyond the limit, others in the last page. */
function wrapsDifferently(expected: Outcome, actual: Outcome): boolean {
  return (
    (expected.vector === 12 || expected.vector === 13) && actual.vector === 14 && actual.cr2 >= 0xfffffff0
  );
}

/** CMPS, of whose two operands AMD's processors read DS:ESI first, others ES:EDI: where both fault, they report another one. */
function comparesOther(stream: Stream, expected: Outcome, actual: Outcome): boolean {
  const bothFault = isOfMemory(expected) && isOfMemory(actual);
  return bothFault && CMPS.includes(opcodeAt(stream, expected));
}

/** #SS, #GP and #PF. */
const isOfMemory = ({ vector }: Outcome) => vector >= 12 && vector <= 14;

/** ENTER, which with several levels faults after some of its pushes, and not on every processor after the same. */
const isEnter = (stream: Stream, outcome: Outcome) => opcodeAt(stream, outcome) === ENTER;

/** BOUND, of which AMD's processors read both bounds before they compare, others the upper one only if the lower one holds. */
function boundsReadFirst(stream: Stream, expected: Outcome, actual: Outcome): boolean {
  return expected.vector === 14 && actual.vector === 5 && opcodeAt(stream, expected) === BOUND;
}

/** A page fault in the middle of POPA or PUSHA: AMD's processors keep what was popped or pushed before it, others nothing. */
function stopsWithin(stream: Stream, outcome: Outcome, opcode: number): boolean {
  return outcome.vector === 14 && opcodeAt(stream, outcome) === opcode;
}

/** The differences, one a line; empty when the outcomes agree. */
export function differences(stream: Stream, expected: Outcome, actual: Outcome): string[] {
  if (wrapsDifferently(expected, actual) || fetchesFurther(stream, expected, actual)) return [];
  if (boundsReadFirst(stream, expected, actual)) return [];
  if (actual.vector === 14 && (isOfHarness(actual.cr2) || isEnter(stream, actual))) return [];
  const lines: string[] = [];
  const check = (name: string, want: number, got: number): void => {
    if (want !== got) lines.push(`${name}: host ${hex(want)}, emulated ${hex(got)}`);
  };
  const codeMask = expected.vector === 14 ? PAGE_FAULT_BITS : 0xffff;
  if (!comparesOther(stream, expected, actual)) {
    check("vector", expected.vector, actual.vector);
    check("error code", expected.errorCode & codeMask, actual.errorCode & codeMask);
    check("cr2", expected.cr2, actual.cr2);
  }
  if (!isTrapOfInt1(stream, expected)) check("eip", expected.eip, actual.eip);
  const flags = COMPARED_FLAGS & ~RF & ~openFlags(stream, expected);
  check("eflags", expected.eflags & flags, actual.eflags & flags);
  const popped = stopsWithin(stream, expected, POPA);
  REGISTER_NAMES.forEach((name, i) => {
    if (!popped || i === ESP) check(name, expected.registers[i], actual.registers[i]);
  });
  SEGMENT_NAMES.forEach((name, i) => check(name, expected.segments[i], actual.segments[i]));
  if (stopsWithin(stream, expected, PUSHA)) return lines;
  const near = { ...actual, memory: approximated(stream, expected.memory, actual.memory) };
  if (Buffer.compare(expected.memory, near.memory) !== 0) lines.push(...memoryDifferences(expected, near));
  return lines;
}

/** Units in the last place by which transcendental results may differ. */
const UNITS = 1n;
/** C1 (rounded up), PE and, next to the smallest normal number, UE of the status word go with the last bit of the result. */
const LAST_BIT_STATUS = 0x230;
/** Of a stored environment with 32-bit words. */
const TAGS_BEHIND_STATUS = 4;

/** The last instruction's words of a stored environment: their offset, their bytes, and where the selectors are. */
const POINTERS = {
  wide: { from: 12, to: 28, code: 16, data: 24 },
  narrow: { from: 6, to: 14, code: 8, data: 12 },
};

/**
 * Takes over what the host says of the last instruction where it has lost a selector. Intel's later processors have none, nor
 * keep opcode and operand unless there was an exception; and the host's system does not save them for a process.
 */
function takePointers(memory: Uint8Array, expected: Uint8Array, { at, wide }: StoredEnvironment): void {
  const { from, to, code, data } = wide ? POINTERS.wide : POINTERS.narrow;
  const lost = [code, data].some((offset) => (expected[at + offset] | expected[at + offset + 1]) === 0);
  if (lost) memory.set(expected.subarray(at + from, at + to), at + from);
}

/** The actual memory, with the host's values where a result of a transcendental instruction is near enough. */
function approximated(stream: Stream, expected: Uint8Array, actual: Uint8Array): Uint8Array {
  const memory = actual.slice();
  const view = new DataView(memory.buffer, memory.byteOffset);
  const host = new DataView(expected.buffer, expected.byteOffset);
  for (const { status, results } of stream.approximations ?? []) {
    if (((view.getUint16(status, true) ^ host.getUint16(status, true)) & ~LAST_BIT_STATUS) !== 0) continue;
    view.setUint16(status, host.getUint16(status, true), true);
    for (const at of results) {
      const distance = orderOf(view, at) - orderOf(host, at);
      if (distance < -UNITS || distance > UNITS) continue;
      // Its neighbour may have another tag: next to the smallest normal number, and next to zero.
      const tags = status + TAGS_BEHIND_STATUS;
      if (distance !== 0n && exponentOf(host, at) <= 1) memory.set(expected.subarray(tags, tags + 2), tags);
      memory.set(expected.subarray(at, at + 10), at);
    }
  }
  for (const { at, length, bits = 0xff } of stream.ignored ?? []) {
    for (let i = at; i < at + length; i++) memory[i] = (memory[i] & ~bits) | (expected[i] & bits);
  }
  for (const environment of stream.environments ?? []) takePointers(memory, expected, environment);
  return memory;
}

function exponentOf(view: DataView, at: number): number {
  return view.getUint16(at + 8, true) & 0x7fff;
}

/** Extended numbers in the order of their magnitudes, neighbours by 1 apart. The sign must agree. */
function orderOf(view: DataView, at: number): bigint {
  const head = BigInt(view.getUint16(at + 8, true));
  return (head << 63n) + (view.getBigUint64(at, true) & 0x7fffffffffffffffn);
}

const SHOWN_BYTES = 8;

function memoryDifferences(expected: Outcome, actual: Outcome): string[] {
  const lines: string[] = [];
  for (let i = 0; i < expected.memory.length && lines.length < SHOWN_BYTES; i++) {
    const [want, got] = [expected.memory[i], actual.memory[i]];
    if (want !== got) lines.push(`byte at ${hex(DATA_BASE + i)}: host ${hex(want)}, emulated ${hex(got)}`);
  }
  return lines;
}

/** The stream as text: starting registers, then each instruction with its bytes. */
export function describeStream(stream: Stream): string {
  const { vector, offsets } = stream;
  const registers = vector.registers.map((value, i) => `${REGISTER_NAMES[i]}=${hex(value)}`).join(" ");
  const lines = [`${registers} eflags=${hex(vector.eflags)}`];
  for (let i = 0; i + 1 < offsets.length; i++) {
    const bytes = vector.code.slice(offsets[i], offsets[i + 1]);
    const address = CODE_BASE + vector.start + offsets[i];
    const instruction = decode(vector.code.slice(offsets[i]), address);
    lines.push(`${hex(address)}  ${Buffer.from(bytes).toString("hex").padEnd(30)} ${instruction.toString()}`);
    instruction.free();
  }
  return lines.join("\n");
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
