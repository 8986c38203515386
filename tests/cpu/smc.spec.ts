/** Code that changes code: the next execution sees it, whatever was decoded before. */
import { describe, expect, it } from "vitest";
import {
  assemble,
  byte,
  eax,
  ebx,
  ecx,
  edi,
  edx,
  esi,
  symbol,
  type AssemblyRoutine,
} from "../../tools/asm/index";
import { CODE, DATA, deliver, KERNEL_CODE_PAGE, makeGuest, start, STACK } from "./exception-bench";
import { KERNEL_BASE, PRESENT, USER, WRITABLE } from "./guest";

const INC_EDX = 0x42;
const DEC_EDX = 0x4a;
const NOP = 0x90;
const USER_RUN = { user: true, registers: { edx: 0 } };

function edxAfter(routine: AssemblyRoutine): number {
  const { vector, guest } = deliver(routine, USER_RUN);
  expect(vector).toBe(3);
  return guest.cpu.registers.edx | 0;
}

describe("self-modifying code", () => {
  it("changes the next instruction", () => {
    expect(edxAfter((a) => a.mov(byte("next"), INC_EDX).label("next").nop().int3())).toBe(1);
  });

  it("changes an instruction later in the block", () => {
    expect(edxAfter((a) => a.mov(byte("later"), INC_EDX).nop().nop().nop().label("later").nop().int3())).toBe(
      1,
    );
  });

  it("changes an immediate of the next instruction", () => {
    const routine: AssemblyRoutine = (a) =>
      a.mov(byte("next", 1), 0x7f).label("next").db(0xba, 1, 0, 0, 0).int3();
    expect(edxAfter(routine)).toBe(0x7f);
  });

  it("changes code that has run many times, from inside its loop", () => {
    const routine: AssemblyRoutine = (a) =>
      a
        .mov(ecx, 100)
        .label("loop")
        .cmp(ecx, 50)
        .jne("body")
        .mov(byte("body"), DEC_EDX)
        .label("body")
        .db(INC_EDX)
        .dec(ecx)
        .jne("loop")
        .int3();
    // 50 times up (100 to 51), then 50 times down.
    expect(edxAfter(routine)).toBe(0);
  });

  it("changes the instruction that runs, for the next time", () => {
    // A store that replaces its own first byte by NOPs leaves the rest as other instructions.
    const routine: AssemblyRoutine = (a) =>
      a
        .mov(ecx, 2)
        .label("again")
        .mov(eax, symbol("target"))
        .label("target")
        .db(INC_EDX)
        .mov(byte(eax), NOP)
        .dec(ecx)
        .jne("again")
        .int3();
    expect(edxAfter(routine)).toBe(1);
  });

  it("by REP MOVS over the code ahead", () => {
    const routine: AssemblyRoutine = (a) =>
      a
        .mov(esi, symbol("source"))
        .mov(edi, symbol("ahead"))
        .mov(ecx, 4)
        .rep()
        .movsb()
        .label("ahead")
        .nop()
        .nop()
        .nop()
        .nop()
        .int3()
        .label("source")
        .db(INC_EDX, INC_EDX, INC_EDX, INC_EDX);
    expect(edxAfter(routine)).toBe(4);
  });

  it("by PUSH onto the code ahead", () => {
    const routine: AssemblyRoutine = (a) =>
      a
        .mov(ebx, symbol("end"))
        .db(0x89, 0xdc) // mov esp, ebx
        .push(0x42424242)
        .nop()
        .nop()
        .nop()
        .nop()
        .label("end")
        .int3();
    expect(edxAfter(routine)).toBe(4);
  });

  it("through another linear address of the same page", () => {
    const guest = makeGuest();
    const alias = 0x00410000;
    guest.map(alias, 0x10000, PRESENT | USER | WRITABLE);
    const { bytes, labels } = assemble(
      (a) => {
        a.mov(ecx, 2)
          .label("again")
          .label("patched")
          .nop()
          .mov(ebx, symbol("patched"))
          .add(ebx, alias - CODE);
        a.mov(byte(ebx), INC_EDX).dec(ecx).jne("again").int3();
      },
      { origin: CODE },
    );
    expect(labels.patched).toBeGreaterThan(CODE);
    guest.write(0x10000, bytes);
    start(guest, USER_RUN);
    expect(guest.runToException().vector).toBe(3);
    expect(guest.cpu.registers.edx).toBe(1);
  });

  it("of an instruction that crosses into the next page", () => {
    const guest = makeGuest();
    guest.map(DATA, 0x11000, PRESENT | USER | WRITABLE);
    // mov edx, imm32 with its immediate in both pages; then the second page's part is changed.
    guest.write(0x10ffd, [0xba, 1, 0, 0, 0]);
    guest.write(0x11002, [0xc3]);
    const { bytes } = assemble(
      (a) => {
        a.mov(ebx, DATA - 3)
          .call(ebx)
          .push(edx)
          .mov(byte(DATA, 1), 1)
          .call(ebx)
          .int3();
      },
      { origin: CODE },
    );
    guest.write(0x10000, bytes);
    start(guest, USER_RUN);
    expect(guest.runToException().vector).toBe(3);
    expect(guest.cpu.registers.edx).toBe(0x01000001);
    expect(guest.view.getUint32(0x11000 + (STACK - DATA) - 4, true)).toBe(1);
  });

  it("by the host, once it says so", () => {
    const guest = makeGuest();
    guest.write(0x10000, [INC_EDX, 0xcc]);
    start(guest, USER_RUN);
    guest.runToException();
    guest.write(0x10000, [DEC_EDX, 0xcc]);
    start(guest, USER_RUN);
    guest.runToException();
    expect(guest.cpu.registers.edx | 0).toBe(-1);
  });

  it("by remapping the page that is running, and INVLPG", () => {
    const guest = makeGuest();
    const page = 0x00420000;
    guest.map(page, 0x20000, PRESENT | WRITABLE);
    guest.write(0x20000, [INC_EDX, 0xc3]);
    guest.write(0x21000, [DEC_EDX, 0xc3]);
    const entry = KERNEL_BASE + guest.pageTableEntry(page);
    const { bytes } = assemble(
      (a) => {
        a.mov(ebx, page).call(ebx).call(ebx);
        a.mov(eax, entry)
          .db(0xc7, 0x00)
          .dd(0x21000 | PRESENT | WRITABLE);
        a.db(0x0f, 0x01, 0x3b).call(ebx).int3();
      },
      { origin: KERNEL_CODE_PAGE },
    );
    guest.write(0x10000, bytes);
    start(guest, { registers: { edx: 0 } });
    expect(guest.runToException().vector).toBe(3);
    expect(guest.cpu.registers.edx).toBe(1);
  });
});
