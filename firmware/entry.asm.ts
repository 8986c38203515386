// The 16-bit side of the BIOS: the first instruction, an entry for each interrupt, and the way between real mode and the
// 32-bit code that does the work. Most instructions are 32-bit ones behind a prefix, which real mode reads the same way.
import {
  cr0,
  cx,
  ds,
  dword,
  dx,
  eax,
  ecx,
  edi,
  edx,
  es,
  esi,
  esp,
  fs,
  gs,
  ss,
  symbol,
  type Assembler,
} from "../tools/asm";
import {
  AGAIN,
  BIOS_BASE,
  BIOS_BYTES,
  BIOS_SEGMENT_BASE,
  CALL_MOUSE,
  ENTRY_BYTES,
  FRAME_VECTOR,
  KEY_CODE_SHIFT,
  MOUSE_DATA,
  MOUSE_HANDLER,
  POST,
  RETRY,
  ROM_DISTANCE,
  VIRTUAL,
} from "../abi/bios";

const CODE32 = 0x08;
const DATA32 = 0x10;
const CODE16 = 0x18;
const DATA16 = 0x20;
const DESCRIPTORS: readonly (readonly [low: number, high: number])[] = [
  [0, 0],
  [0x0000ffff, 0x00cf9b00],
  [0x0000ffff, 0x00cf9300],
  // Code in the BIOS's segment; data from 0 on, with the limit that real mode wants.
  [0x0000ffff, 0x00009b0f],
  [0x0000ffff, 0x00009300],
];
const CR0_PE = 1;
const FIRST_STACK = 0x7000;
const STACK_BYTES = 8192;
/** PAM0 to PAM6 of a 440FX open for reading and writing, with their neighbours. */
const PAM = [
  [0x80000058, 0x33333000],
  [0x8000005c, 0x33333333],
] as const;
const CONFIG_ADDRESS = 0xcf8;
const CONFIG_DATA = 0xcfc;
/** Of CR0 the low word, which any mode may read. */
const SMSW_BX = [0x0f, 0x01, 0xe3];
const TEST_BL_1 = [0xf6, 0xc3, CR0_PE];
const TIMER_VECTOR = 8;
const KEYBOARD_VECTOR = 9;

/** The next instruction has 32-bit operands, in 16-bit code. */
const wide = (a: Assembler) => a.db(0x66);
/** It has 32-bit operands and addresses. */
const far = (a: Assembler) => a.db(0x67, 0x66);
/** MOV DS, ES, FS, GS from AX. */
const LOAD_DATA_SEGMENTS = [0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xe0, 0x8e, 0xe8];
const MOV_SS_AX = [0x8e, 0xd0];

/** JMP FAR in 16-bit code, with a 32-bit offset: the label's address less `base`. */
function farJump16(a: Assembler, label: string, selector: number, base: number): void {
  a.db(0x66, 0xea).dd(symbol(label, -base)).dw(selector);
}

/** LGDT CS:[label], of which CS sees the offset. */
function loadTable(a: Assembler, label: string): void {
  a.db(0x2e, 0x67, 0x66, 0x0f, 0x01, 0x15).dd(symbol(label, -BIOS_SEGMENT_BASE));
}

function setProtection(a: Assembler): void {
  a.mov(ecx, cr0);
  wide(a).or(ecx, CR0_PE);
  a.mov(cr0, ecx);
}

export default function entry(a: Assembler): void {
  a.section(".boot").outermostFrame();
  services(a);
  a.function("bios_start").cli().cld();
  returnToProgram(a);
  copyRom(a);
  start(a);
  keyboard(a);
  service(a);
  virtual(a);
  a.align(8, 0).label("bios_gdt");
  for (const [low, high] of DESCRIPTORS) a.dd(low, high);
  a.label("bios_gdtr")
    .dw(8 * DESCRIPTORS.length - 1)
    .dd(symbol("bios_gdt"));
  a.label("rom_gdtr")
    .dw(8 * DESCRIPTORS.length - 1)
    .dd(symbol("bios_gdt", ROM_DISTANCE));
  a.section(".data").align(16, 0).space(STACK_BYTES).label("bios_stack_end");
}

/**
 * A program that resets the processor to leave protected mode says so in the clock's memory, and where it goes on in 0040:0067.
 * After power-on the keyboard controller's system flag is not set yet. (IBM PC/AT Technical Reference, "BIOS", shutdown.)
 */
function returnToProgram(a: Assembler): void {
  // IN AL,64h; TEST AL,4; JZ cold.
  a.db(0xe4, 0x64, 0xa8, 0x04, 0x74, 34);
  // The shutdown status into AH, cleared.
  a.db(0xb0, 0x0f, 0xe6, 0x70, 0xe4, 0x71, 0x88, 0xc4, 0xb0, 0x0f, 0xe6, 0x70, 0xb0, 0x00, 0xe6, 0x71);
  // CMP AH,0Ah; JE return; CMP AH,5; JNE cold.
  a.db(0x80, 0xfc, 0x0a, 0x74, 9, 0x80, 0xfc, 0x05, 0x75, 8);
  // Ends an interrupt.
  a.db(0xb0, 0x20, 0xe6, 0x20);
  // JMP FAR [0467h].
  a.db(0xff, 0x2e, 0x67, 0x04);
}

/**
 * In real mode: goes to the end of the address space, makes memory of the area below 1 MiB where the chip set is a 440FX, and
 * copies the ROM there. Without the chip set it is memory already.
 */
function copyRom(a: Assembler): void {
  loadTable(a, "rom_gdtr");
  setProtection(a);
  farJump16(a, "rom32", CODE32, -ROM_DISTANCE);
  a.label("rom32");
  for (const [register, value] of PAM) {
    a.mov(eax, register).mov(edx, CONFIG_ADDRESS).out(dx, eax);
    a.mov(edx, CONFIG_DATA).mov(eax, value).out(dx, eax);
  }
  a.mov(ecx, DATA32).mov(ds, cx).mov(es, cx).mov(ss, cx);
  a.mov(esi, ROM_DISTANCE + BIOS_BASE)
    .mov(edi, BIOS_BASE)
    .mov(ecx, BIOS_BYTES / 4);
  a.rep().movsd();
  a.mov(eax, symbol("copied")).jmp(eax);
  // From here on in memory, where the BIOS's own table is.
  a.label("copied");
  a.mov(esi, symbol("bios_gdtr"));
  a.lgdt(dword(esi));
  a.db(0xea).dd(symbol("start16", -BIOS_SEGMENT_BASE)).dw(CODE16);
}

/** Back in real mode: the self test, as an interrupt, and INT 19h behind it. */
function start(a: Assembler): void {
  a.label("start16");
  leaveProtection(a, "start_real");
  a.label("start_real");
  wide(a).xor(eax, eax);
  a.db(...LOAD_DATA_SEGMENTS, ...MOV_SS_AX);
  wide(a).mov(esp, FIRST_STACK);
  // PUSHF; PUSH CS; PUSH the offset.
  a.db(0x9c, 0x0e);
  wide(a).mov(eax, symbol("boot", -BIOS_SEGMENT_BASE));
  a.db(0x50);
  wide(a).push(POST);
  wide(a).jmp("service");
  a.label("boot");
  a.db(0xcd, 0x19);
  a.label("nothing_boots").sti().hlt();
  wide(a).jmp("nothing_boots");
}

/** The call by the 16-bit code, on the BIOS's stack. DS: its data; FS: the first 64 KiB. */
function virtual(a: Assembler): void {
  a.label("virtual");
  far(a).or(dword(esp, FRAME_VECTOR), VIRTUAL);
  // MOV CX, 0F000h; MOV SS, CX; MOV ESP, the stack's end; MOV DS, CX; XOR CX, CX; MOV FS, CX
  a.db(0xb9)
    .dw(BIOS_SEGMENT_BASE >>> 4)
    .db(0x8e, 0xd1);
  a.db(0x66, 0xbc).dd(symbol("bios_stack_end", -BIOS_SEGMENT_BASE));
  a.db(0x8e, 0xd9, 0x31, 0xc9, 0x8e, 0xe1);
  wide(a).push(edx);
  wide(a).push(esi);
  // CALL FAR CS:[bios_virtual]
  a.db(0x2e, 0x67, 0x66, 0xff, 0x1d).dd(symbol("bios_virtual", -BIOS_SEGMENT_BASE));
  wide(a).pop(esi);
  wide(a).pop(edx);
  wide(a).jmp("service_real");
  // The build puts the code's address here.
  a.function("bios_virtual").dd(0, 0);
}

/** From 16-bit protected mode, with limits as real mode has them. */
function leaveProtection(a: Assembler, label: string): void {
  wide(a).mov(eax, DATA16);
  a.db(...LOAD_DATA_SEGMENTS, ...MOV_SS_AX);
  a.mov(eax, cr0);
  wide(a).and(eax, ~CR0_PE);
  a.mov(cr0, eax);
  farJump16(a, label, BIOS_SEGMENT_BASE >>> 4, BIOS_SEGMENT_BASE);
}

/** An entry for each vector, at the beginning. */
function services(a: Assembler): void {
  a.label("bios_services");
  for (let vector = 0; vector < 256; vector++) {
    // A program's own timer interrupt comes first.
    if (vector === TIMER_VECTOR) a.db(0xcd, 0x1c);
    if (vector === KEYBOARD_VECTOR) wide(a).jmp("keyboard");
    else {
      wide(a).push(vector);
      wide(a).jmp("service");
    }
    a.align(ENTRY_BYTES);
  }
}

/**
 * The keyboard's interrupt: INT 15h, AH = 4Fh is asked about each scan code in AL. With the carry cleared the key is gone; else the
 * service gets what AL is then, above the vector.
 */
function keyboard(a: Assembler): void {
  a.label("keyboard");
  wide(a).push(eax);
  // IN AL, 64h; a byte, from the keyboard; IN AL, 60h; AH = 4Fh; STC; INT 15h.
  a.db(0xe4, 0x64, 0x24, 0x21, 0x3c, 0x01, 0xb8, 0, 0);
  wide(a).jne("no_key");
  a.db(0xe4, 0x60, 0xb4, 0x4f, 0xf9, 0xcd, 0x15);
  wide(a).jae("key_taken");
  a.label("no_key");
  // MOVZX EAX, AL
  a.db(0x66, 0x0f, 0xb6, 0xc0);
  wide(a).shl(eax, KEY_CODE_SHIFT);
  wide(a).or(eax, KEYBOARD_VECTOR);
  // PUSH BP; MOV BP, SP; XCHG EAX, [BP + 2]; POP BP
  a.db(0x55, 0x89, 0xe5, 0x66, 0x87, 0x46, 2, 0x5d);
  wide(a).jmp("service");
  // The end of the interrupt.
  a.label("key_taken").db(0xb0, 0x20, 0xe6, 0x20);
  wide(a).pop(eax);
  a.db(0xcf);
}

/**
 * On the stack: the vector as a doubleword, and what INT pushed. Calls bios_service with the frame's linear address, on the
 * BIOS's stack.
 */
function service(a: Assembler): void {
  a.label("service");
  wide(a).pushad();
  a.db(0x1e, 0x06, 0x0f, 0xa0, 0x0f, 0xa8);
  a.label("again").cli().cld();
  // EDX = SS, ESI = SP, EAX = the frame.
  wide(a).xor(edx, edx);
  a.db(0x8c, 0xd2);
  a.db(0x66, 0x0f, 0xb7, 0xf4);
  wide(a).mov(eax, edx);
  wide(a).shl(eax, 4);
  wide(a).add(eax, esi);
  // SMSW BX: protection is on in virtual-8086 mode, where no more of it can be had.
  a.db(...SMSW_BX, ...TEST_BL_1);
  wide(a).jne("virtual");
  loadTable(a, "bios_gdtr");
  setProtection(a);
  farJump16(a, "service32", CODE32, 0);

  a.label("service32");
  a.mov(ecx, DATA32);
  a.mov(ds, cx).mov(es, cx).mov(fs, cx).mov(gs, cx).mov(ss, cx);
  a.mov(esp, symbol("bios_stack_end"));
  a.push(edx).push(esi).push(eax);
  a.mov(eax, symbol("bios_service")).call(eax);
  a.pop(eax).pop(esi).pop(edx);
  a.db(0xea).dd(symbol("service16", -BIOS_SEGMENT_BASE)).dw(CODE16);

  a.label("service16");
  leaveProtection(a, "service_real");
  a.label("service_real");
  a.db(0x8e, 0xd2);
  wide(a).mov(esp, esi);
  far(a).test(dword(esp, FRAME_VECTOR), CALL_MOUSE);
  wide(a).jne("call_mouse");
  far(a).test(dword(esp, FRAME_VECTOR), AGAIN);
  wide(a).jne("let_in");
  far(a).test(dword(esp, FRAME_VECTOR), RETRY);
  wide(a).je("service_done");
  // Interrupts come in, then from the top; virtual-8086 mode has no HLT.
  a.db(...SMSW_BX, ...TEST_BL_1);
  wide(a).jne("let_in");
  a.sti().hlt();
  a.label("let_in").sti().nop();
  far(a).and(dword(esp, FRAME_VECTOR), ~(RETRY | AGAIN));
  wide(a).jmp("again");
  a.label("call_mouse");
  // DS: the extended data area. The packet's bytes as words, and 0; CALL FAR [the handler]; then they go, and the interrupt ends.
  a.db(0x31, 0xc0, 0x8e, 0xd8, 0xa1, 0x0e, 0x04, 0x8e, 0xd8, 0x31, 0xc0);
  for (let i = 0; i < 3; i++)
    a.db(0xa0)
      .dw(MOUSE_DATA + i)
      .db(0x50);
  a.db(0x6a, 0, 0xff, 0x1e).dw(MOUSE_HANDLER);
  a.db(0x83, 0xc4, 8, 0xfa, 0xb0, 0x20, 0xe6, 0xa0, 0xe6, 0x20);
  a.label("service_done");
  a.db(0x0f, 0xa9, 0x0f, 0xa1, 0x07, 0x1f);
  wide(a).popad();
  wide(a).add(esp, 4);
  a.db(0xcf);
}
