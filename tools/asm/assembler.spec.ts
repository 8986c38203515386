import { describe, expect, it } from "vitest";
import {
  assemble,
  byte,
  dword,
  qword,
  tbyte,
  eax,
  al,
  ax,
  cl,
  cr0,
  cr3,
  cs,
  ds,
  dx,
  ecx,
  ebx,
  esi,
  edi,
  esp,
  ebp,
  far,
  fs,
  mem,
  scaled,
  st0,
  st1,
  symbol,
  word,
  type AssemblyRoutine,
} from "./index";

const hex = (routine: AssemblyRoutine, origin = 0) =>
  [...assemble(routine, { origin }).bytes].map((b) => b.toString(16).padStart(2, "0")).join(" ");

const cases: [string, AssemblyRoutine, string][] = [
  ["mov r,r", (a) => a.mov(eax, ecx), "89 c8"],
  ["mov r,imm", (a) => a.mov(eax, -1), "b8 ff ff ff ff"],
  ["mov r8,imm", (a) => a.mov(al, 0xfe), "b0 fe"],
  ["mov r16,imm", (a) => a.mov(ax, 0x1234), "66 b8 34 12"],
  ["mov m,imm", (a) => a.mov(dword(esp, 8), 5), "c7 44 24 08 05 00 00 00"],
  ["mov m8,imm", (a) => a.mov(byte(ebx), 5), "c6 03 05"],
  ["mov eax,moffs", (a) => a.mov(eax, mem(0x12345678)), "a1 78 56 34 12"],
  ["mov base+index*4", (a) => a.mov(ebx, mem(esi, scaled(edi, 4), 0x100)), "8b 9c be 00 01 00 00"],
  ["mov fs:", (a) => a.mov(ecx, mem(fs, 0x10)), "64 8b 0d 10 00 00 00"],
  ["mov cr", (a) => a.mov(cr0, eax).mov(ebx, cr3), "0f 22 c0 0f 20 db"],
  ["mov ds", (a) => a.mov(ds, eax).mov(eax, ds), "8e d8 8c d8"],
  ["add short imm", (a) => a.add(esp, 12), "83 c4 0c"],
  ["add long imm", (a) => a.add(ecx, 0x1000), "81 c1 00 10 00 00"],
  ["add eax,imm", (a) => a.add(eax, 0x1000), "05 00 10 00 00"],
  ["cmp m,imm", (a) => a.cmp(dword(ebp, -4), 1), "83 7d fc 01"],
  ["shl cl", (a) => a.shl(eax, cl), "d3 e0"],
  ["shl 1", (a) => a.shl(eax, 1), "d1 e0"],
  ["movzx m8", (a) => a.movzx(eax, byte(esi)), "0f b6 06"],
  ["movzx m16", (a) => a.movzx(eax, word(esi)), "0f b7 06"],
  ["imul 3", (a) => a.imul(eax, ecx, 10), "6b c1 0a"],
  [
    "push",
    (a) => a.push(eax).push(8).push(0x1234).push(cs).push(dword(eax)),
    "50 6a 08 68 34 12 00 00 0e ff 30",
  ],
  ["pop ds", (a) => a.pop(ds), "1f"],
  ["out", (a) => a.out(dx, al).out(0xf4, eax).in(al, dx), "ee e7 f4 ec"],
  ["iretd", (a) => a.iretd().pushad().popfd().sti().hlt(), "cf 60 9d fb f4"],
  ["rep movsd", (a) => a.rep().movsd().rep().stosb().repne().scasb(), "f3 a5 f3 aa f2 ae"],
  ["lock", (a) => a.lock().add(dword(eax), ecx), "f0 01 08"],
  [
    "lgdt",
    (a) => a.lgdt(mem(eax)).lldt(ax).ltr(ax).invlpg(mem(ecx)),
    "0f 01 10 66 0f 00 d0 66 0f 00 d8 0f 01 39",
  ],
  ["far", (a) => a.jmp(far(8, 0x1000)), "ea 00 10 00 00 08 00"],
  ["int", (a) => a.int(0x80).int3().ret().ret(8), "cd 80 cc c3 c2 08 00"],
  ["enter", (a) => a.enter(16, 2), "c8 10 00 02"],
  ["float", (a) => a.fninit().fxch(st0, st1).fadd(st0, st1), "db e3 d9 c9 d8 c1"],
  [
    "float in memory",
    (a) =>
      a.fld(dword(eax)).fld(qword(eax)).fld(tbyte(eax)).fstp(tbyte(eax)).fistp(qword(eax)).fild(dword(eax)),
    "d9 00 dd 00 db 28 db 38 df 38 db 00",
  ],
  ["16-bit address", (a) => a.insw().outsb(), "66 6d 6e"],
  ["xchg", (a) => a.xchg(ecx, eax).xchg(mem(esi), ecx), "91 87 0e"],
  ["lea esp swap", (a) => a.lea(eax, mem(ecx, esp)), "8d 04 0c"],
];

describe("assembler", () => {
  it.each(cases)("%s", (_name, routine, expected) => {
    expect(hex(routine)).toBe(expected);
  });

  it("takes short branches where they reach, near ones elsewhere", () => {
    expect(hex((a) => void a.label("top").nop().jne("top").jmp("top"))).toBe("90 75 fd eb fb");
    const far = assemble(
      (a) => void a.jmp("end").space(200).label("end").je("end").jne("start").label("start"),
    );
    expect(far.bytes.length).toBe(5 + 200 + 2 + 2);
    expect([...far.bytes.slice(0, 5)]).toEqual([0xe9, 200, 0, 0, 0]);
    const back = assemble((a) => void a.label("top").space(200).jle("top").nop());
    expect([...back.bytes.slice(200)]).toEqual([0x0f, 0x8e, 0x32, 0xff, 0xff, 0xff, 0x90]);
  });

  it("resolves calls, label addresses and outside symbols", () => {
    const { bytes, labels } = assemble(
      (a) =>
        void a
          .call("f")
          .mov(eax, symbol("table", 4))
          .mov(ecx, mem("table"))
          .label("f")
          .ret()
          .label("table")
          .dd(1, "f"),
      { origin: 0x1000 },
    );
    expect(labels).toEqual({ f: 0x1010, table: 0x1011 });
    expect([...bytes.slice(0, 10)]).toEqual([0xe8, 0x0b, 0, 0, 0, 0xb8, 0x15, 0x10, 0, 0]);
    expect(hex((a) => a.call(0x100), 0x80)).toBe("e8 7b 00 00 00");
    expect(() => assemble((a) => a.call("nowhere"))).toThrow("undefined symbol nowhere");
  });

  it("refuses what cannot be encoded", () => {
    expect(() => assemble((a) => a.mov(eax, al))).toThrow("cannot encode: mov eax, al");
    expect(() => assemble((a) => a.movzx(eax, mem(esi)))).toThrow("size of the source");
    expect(() => assemble((a) => a.add(al, 0x1ff))).toThrow("cannot encode");
    expect(() => assemble((a) => void a.label("x").label("x"))).toThrow("defined twice");
  });
});
