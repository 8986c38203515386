// The BIOS's services for virtual-8086 mode, which cannot go to protected mode: the 32-bit code, instruction by instruction, as
// 16-bit code of one segment, by operand size and address size prefixes. A flat address below 1 MiB becomes a segment in GS
// and an offset; the BIOS's own data are in DS and SS, the first 64 KiB in FS.
import {
  Code,
  Decoder,
  DecoderOptions,
  Encoder,
  FlowControl,
  type Instruction,
  InstructionInfoFactory,
  OpKind,
  Register,
  RegisterExt,
} from "iced-x86";
import { BIOS_SEGMENT_BASE } from "../../abi/bios";
import { CompileError } from "../compile";
import { Code16 } from "./code-16";

const STATUS_FLAGS = 0x3f;
const SEGMENT_BYTES = 0x10000;
const POINTER_REGISTERS = [
  Register.EAX,
  Register.ECX,
  Register.EDX,
  Register.EBX,
  Register.ESI,
  Register.EDI,
] as const;
const PUSHF = [0x9c];
const POPF = [0x9d];
const numberOf = (register: Register) => RegisterExt.number(register);
const push = (register: Register) => [0x66, 0x50 | numberOf(register)];
const pop = (register: Register) => [0x66, 0x58 | numberOf(register)];
const pointerLabel = (register: Register) => `pointer ${numberOf(register)}`;
const at = (address: number) => `at ${address.toString(16)}`;

/** Forms with an address in place of ModRM, as those that have one. */
const WITH_MODRM: ReadonlyMap<Code, Code> = new Map([
  [Code.Mov_AL_moffs8, Code.Mov_r8_rm8],
  [Code.Mov_AX_moffs16, Code.Mov_r16_rm16],
  [Code.Mov_EAX_moffs32, Code.Mov_r32_rm32],
  [Code.Mov_moffs8_AL, Code.Mov_rm8_r8],
  [Code.Mov_moffs16_AX, Code.Mov_rm16_r16],
  [Code.Mov_moffs32_EAX, Code.Mov_rm32_r32],
]);

/** Whether an instruction takes an address on the stack, which is none of the flat ones here. */
function isStackAddress(instruction: Instruction): boolean {
  if (instruction.code === Code.Lea_r32_m) return instruction.memoryBase === Register.ESP;
  if (instruction.opCount < 2 || instruction.opKind(1) !== OpKind.Register) return false;
  return instruction.op1Register === Register.ESP;
}

/** Instructions that do nothing but to load a whole register. */
const LOADS: ReadonlySet<Code> = new Set([
  ...[Code.Mov_r32_rm32, Code.Mov_EAX_moffs32, Code.Movzx_r32_rm8, Code.Movzx_r32_rm16],
  ...[Code.Movsx_r32_rm8, Code.Movsx_r32_rm16],
]);

/** The register that a load can have its address in. */
function loadTarget(instruction: Instruction): Register | undefined {
  if (!LOADS.has(instruction.code)) return undefined;
  return POINTER_REGISTERS.find((register) => register === instruction.op0Register);
}

export interface FlatCode {
  readonly bytes: Uint8Array;
  readonly base: number;
  readonly addresses: ReadonlyMap<string, number>;
}

class Translator {
  private readonly code = new Code16();
  private readonly encoder = new Encoder(16);
  private readonly information = new InstructionInfoFactory();
  private readonly known = new Map<number, Instruction>();
  private readonly tables = new Map<number, readonly number[]>();
  private readonly stubs: ReadonlySet<number>;

  constructor(
    private readonly flat: FlatCode,
    leftOut: readonly string[],
  ) {
    const inlined = leftOut.filter((name) => flat.addresses.has(name));
    this.stubs = new Set([...inlined, "__memmove", "__memset"].map((name) => this.address(name)));
  }

  /** Code that is called far, with EAX as `root`'s argument. */
  run(root: string): Uint8Array {
    const { code } = this;
    this.follow(this.address(root));
    code.bytes(push(Register.EAX)).branch("call32", at(this.address(root)));
    code.bytes(pop(Register.EAX)).hex("66cb");
    const inOrder = [...this.known.keys()].sort((a, b) => a - b);
    inOrder.forEach((address, i) => {
      const instruction = this.known.get(address)!;
      code.label(at(address));
      this.translate(instruction);
      const next = address + instruction.length;
      const goesOn = ![
        FlowControl.Return,
        FlowControl.UnconditionalBranch,
        FlowControl.IndirectBranch,
      ].includes(instruction.flowControl);
      if (goesOn && inOrder[i + 1] !== next && this.known.has(next)) code.branch("jmp", at(next));
    });
    for (const [table, targets] of this.tables) {
      code.label(`table ${table}`);
      for (const target of targets) code.bytes([0, 0, 0, 0], { at: 0, target: at(target) });
    }
    this.routines();
    return code.finish();
  }

  private address(name: string): number {
    const address = this.flat.addresses.get(name);
    if (address === undefined) throw new CompileError(`the BIOS has no ${name}`);
    return address;
  }

  /** Finds all instructions that are reached. */
  private follow(from: number): void {
    const todo = [from];
    for (let start = todo.pop(); start !== undefined; start = todo.pop()) {
      let before: Instruction[] = [];
      for (let address = start; !this.known.has(address) && !this.stubs.has(address);) {
        const decoder = new Decoder(
          32,
          this.flat.bytes.subarray(address - this.flat.base),
          DecoderOptions.None,
        );
        decoder.ip = BigInt(address);
        const instruction = decoder.decode();
        decoder.free();
        if (instruction.isInvalid) throw new CompileError(`no instruction at 0x${address.toString(16)}`);
        this.known.set(address, instruction);
        todo.push(...this.targets(instruction, before));
        const { flowControl } = instruction;
        if (flowControl === FlowControl.Return || flowControl === FlowControl.UnconditionalBranch) break;
        if (flowControl === FlowControl.IndirectBranch || flowControl === FlowControl.Exception) break;
        before = [...before.slice(-1), instruction];
        address += instruction.length;
      }
    }
  }

  private targets(instruction: Instruction, before: readonly Instruction[]): number[] {
    const { flowControl } = instruction;
    if (flowControl === FlowControl.IndirectBranch) return this.switchTable(instruction, before);
    if (flowControl === FlowControl.IndirectCall) throw this.cannot(instruction);
    const isNear = instruction.opCount > 0 && instruction.opKind(0) === OpKind.NearBranch32;
    return isNear ? [Number(instruction.nearBranch32)] : [];
  }

  /** JMP [table + 4 * index] behind a comparison of the index with the number of targets. */
  private switchTable(jump: Instruction, [compare]: readonly Instruction[]): number[] {
    const table = Number(jump.memoryDisplacement);
    if (jump.memoryBase !== Register.None || !compare || compare.opCount !== 2) throw this.cannot(jump);
    const count = Number(compare.immediate(1));
    const view = new DataView(this.flat.bytes.buffer, this.flat.bytes.byteOffset + table - this.flat.base);
    const targets = Array.from({ length: count }, (_, i) => view.getUint32(4 * i, true));
    this.tables.set(table, targets);
    return targets;
  }

  private cannot(instruction: Instruction): CompileError {
    return new CompileError(
      `no 16-bit code for "${instruction.toString()}" at ${instruction.ip.toString(16)}`,
    );
  }

  private translate(instruction: Instruction): void {
    const { flowControl } = instruction;
    if (flowControl === FlowControl.IndirectBranch) return this.throughTable(instruction);
    if (instruction.opCount > 0 && instruction.opKind(0) === OpKind.NearBranch32)
      return this.branch(instruction);
    if (instruction.hasRepPrefix) return this.repeated(instruction);
    if (isStackAddress(instruction)) throw this.cannot(instruction);
    const operands = Array.from({ length: instruction.opCount }, (_, i) => instruction.opKind(i));
    if (!operands.includes(OpKind.Memory) || instruction.code === Code.Lea_r32_m)
      return this.plain(instruction);
    this.withMemory(instruction);
  }

  private encoded(instruction: Instruction): Uint8Array {
    this.encoder.encode(instruction, 0n);
    return this.encoder.takeBuffer();
  }

  private plain(instruction: Instruction): void {
    this.code.bytes(this.encoded(instruction));
  }

  private branch(instruction: Instruction): void {
    const target = at(Number(instruction.nearBranch32));
    if (instruction.flowControl === FlowControl.Call) this.code.branch("call32", target);
    else if (instruction.flowControl === FlowControl.UnconditionalBranch) this.code.branch("jmp", target);
    else if (instruction.isJccShortOrNear) this.code.branch(instruction.conditionCode - 1, target);
    else throw this.cannot(instruction);
  }

  private throughTable(jump: Instruction): void {
    const target = `table ${Number(jump.memoryDisplacement)}`;
    const copy = jump.clone();
    copy.segmentPrefix = Register.CS;
    const bytes = this.encoded(copy);
    this.code.bytes(bytes, { at: bytes.length - 4, target });
  }

  /** Words between a port and memory. */
  private repeated(instruction: Instruction): void {
    if (instruction.code === Code.Insw_m16_DX) this.code.branch("call16", "words in");
    else if (instruction.code === Code.Outsw_DX_m16) this.code.branch("call16", "words out");
    else throw this.cannot(instruction);
  }

  private withMemory(instruction: Instruction): void {
    const { memoryBase, memoryIndex } = instruction;
    if (memoryBase === Register.ESP) return this.plain(instruction);
    const displacement = Number(instruction.memoryDisplacement);
    const copy = instruction.clone();
    const isAbsolute = memoryBase === Register.None && memoryIndex === Register.None;
    if (displacement >= BIOS_SEGMENT_BASE && displacement < BIOS_SEGMENT_BASE + SEGMENT_BYTES) {
      copy.memoryDisplacement = BigInt(displacement - BIOS_SEGMENT_BASE);
      return this.plain(copy);
    }
    if (isAbsolute && displacement < SEGMENT_BYTES) {
      copy.segmentPrefix = Register.FS;
      return this.plain(copy);
    }
    this.throughPointer(copy);
  }

  /** The address goes to a register that the instruction does not use; a routine makes a segment and an offset of it. */
  private throughPointer(instruction: Instruction): void {
    const used = this.information.info(instruction);
    const taken = new Set(used.usedRegisters().map(({ register }) => RegisterExt.fullRegister32(register)));
    const target = loadTarget(instruction);
    const pointer = target ?? POINTER_REGISTERS.find((register) => !taken.has(register));
    if (pointer === undefined) throw this.cannot(instruction);
    const keepsFlags = this.needsFlags(instruction);
    const { code } = this;
    if (target === undefined) code.bytes(push(pointer));
    if (keepsFlags) code.bytes(PUSHF);
    code.bytes(this.loadAddress(instruction, pointer)).branch("call16", pointerLabel(pointer));
    if (keepsFlags) code.bytes(POPF);
    instruction.code = WITH_MODRM.get(instruction.code) ?? instruction.code;
    instruction.memoryBase = pointer;
    instruction.memoryIndex = Register.None;
    instruction.memoryIndexScale = 1;
    instruction.memoryDisplacement = 0n;
    instruction.memoryDisplSize = 0;
    instruction.segmentPrefix = Register.GS;
    this.plain(instruction);
    if (target !== undefined) return;
    if (instruction.stackPointerIncrement === 0) code.bytes(pop(pointer));
    else if (instruction.code === Code.Push_rm32) {
      // The register is below what was pushed: MOV from [ESP + 4], POP [ESP].
      code.bytes([0x67, 0x66, 0x8b, 0x44 | (numberOf(pointer) << 3), 0x24, 4]).hex("67 66 8f 04 24");
    } else throw this.cannot(instruction);
  }

  private loadAddress(instruction: Instruction, pointer: Register): Uint8Array {
    const load = instruction.clone();
    load.code = Code.Lea_r32_m;
    load.op0Kind = OpKind.Register;
    load.op0Register = pointer;
    load.op1Kind = OpKind.Memory;
    load.segmentPrefix = Register.None;
    if (load.memoryBase === Register.None && load.memoryIndex === Register.None) load.memoryDisplSize = 4;
    return this.encoded(load);
  }

  /** Whether the flags before an instruction matter to it or behind it. */
  private needsFlags(instruction: Instruction): boolean {
    let left = STATUS_FLAGS;
    for (let one: Instruction | undefined = instruction; one;) {
      if (one.rflagsRead & left) return true;
      left &= ~one.rflagsModified;
      if (!left || one.flowControl !== FlowControl.Next) return false;
      one = this.known.get(Number(one.ip) + one.length);
    }
    return false;
  }

  /** What the code calls. */
  private routines(): void {
    const { code } = this;
    for (const register of POINTER_REGISTERS) {
      const n = numberOf(register);
      // PUSH R; SHR R, 4; MOV GS, R; POP R; AND R, 15; RET
      code.label(pointerLabel(register)).bytes(push(register));
      code.bytes([0x66, 0xc1, 0xe8 | n, 4, 0x8e, 0xe8 | n]).bytes(pop(register));
      code.bytes([0x66, 0x83, 0xe0 | n, 15, 0xc3]);
    }
    // ECX words from port DX to EDI, a word at a time: a segment may end anywhere.
    code.label("words in").hex("6685c9").branch(4, "no words").hex("6650").label("word in").hex("ed 6657");
    code
      .branch("call16", pointerLabel(Register.EDI))
      .hex("65 67 8907 665f 6683c702 6649")
      .branch(5, "word in");
    code.hex("6658 c3");
    code.label("words out").hex("6685c9").branch(4, "no words").hex("6650").label("word out").hex("6656");
    code
      .branch("call16", pointerLabel(Register.ESI))
      .hex("65 67 8b06 665e ef 6683c602 6649")
      .branch(5, "word out");
    code.hex("6658").label("no words").hex("c3");
    this.moveMemory();
    this.setMemory();
    for (const address of this.stubs) {
      if (address === this.address("__memmove") || address === this.address("__memset")) continue;
      code.label(at(address)).hex("66c3");
    }
  }

  /** (to, from, bytes): forwards in pieces of at most 32 KiB, downwards byte by byte. */
  private moveMemory(): void {
    const { code } = this;
    code.label(at(this.address("__memmove"))).hex("6656 6657 6766 8b7c240c 6766 8b742410 6766 8b4c2414");
    code.hex("6685c9").branch(4, "moved").hex("6689f8 6629f0 6639c8").branch(2, "down");
    code.label("forwards").hex("66ba00800000 6639ca").branch(6, "piece").hex("6689ca").label("piece");
    code.hex(
      "6629d1 6651 6689f0 66c1e804 8ed8 6689f8 66c1e804 8ec0 6656 6657 6683e60f 6683e70f 6689d1 67f3a4",
    );
    code.hex("665f 665e 6601d7 6601d6 6659 6685c9").branch(5, "forwards");
    code.label("moved").hex("6800f0 1f 665f 665e 66c3");
    code.label("down").hex("6601ce 6601cf").label("byte down").hex("664e 664f 6656");
    code.branch("call16", pointerLabel(Register.ESI)).hex("65 67 8a06 665e 6657");
    code.branch("call16", pointerLabel(Register.EDI)).hex("65 67 8807 665f 6649").branch(5, "byte down");
    code.branch("jmp", "moved");
  }

  /** (to, byte, bytes). */
  private setMemory(): void {
    const { code } = this;
    code.label(at(this.address("__memset"))).hex("6657 6766 8b7c2408 6766 8b44240c 6766 8b4c2410");
    code.hex("6685c9").branch(4, "set");
    code.label("more").hex("66ba00800000 6639ca").branch(6, "part").hex("6689ca").label("part");
    code.hex(
      "6629d1 6651 6650 6689f8 66c1e804 8ec0 6658 6657 6683e70f 6689d1 67f3aa 665f 6601d7 6659 6685c9",
    );
    code.branch(5, "more").label("set").hex("665f 66c3");
  }
}

/** The code for a segment of its own, to be called far at its beginning. `leftOut`: functions that do nothing there. */
export function virtualCode(flat: FlatCode, root: string, leftOut: readonly string[]): Uint8Array {
  const bytes = new Translator(flat, leftOut).run(root);
  if (bytes.length > SEGMENT_BYTES) throw new CompileError(`${bytes.length} bytes of 16-bit code`);
  return bytes;
}
