// The BIOS32 service directory (Standard BIOS 32-bit Service Directory Proposal 0.4) and the PCI BIOS in protected mode (PCI BIOS
// Specification 2.1). A system may have paging on and may have put the BIOS anywhere: all is in registers, on the caller's stack
// and at ports, and no address is used.
import {
  al,
  ax,
  bl,
  bx,
  byte,
  cl,
  cx,
  dword,
  dx,
  eax,
  ebp,
  ebx,
  ecx,
  edi,
  edx,
  esi,
  esp,
  word,
  symbol,
  type Assembler,
} from "../tools/asm";
import { BIOS_SEGMENT_BASE } from "../abi/bios";
import {
  PCI_BAD_FUNCTION,
  PCI_BAD_REGISTER,
  PCI_BIOS_SIGNATURE,
  PCI_BIOS_VERSION,
  PCI_CLASS,
  PCI_CONFIG_ADDRESS,
  PCI_CONFIG_DATA,
  PCI_CONFIG_ENABLE,
  PCI_NOT_FOUND,
} from "../abi/pci_bios";

const PCI_SERVICE = 0x49435024;
const PRESENT = 0;
const NOT_PRESENT = 0x80;
const BAD_DIRECTORY_FUNCTION = 0x81;
const SEGMENT_BYTES = 0x10000;

const HEADER_TYPE = 0x0c;
const SEVERAL_FUNCTIONS = 0x800000;
/** Bytes from where PUSHAD leaves the stack to EBX. */
const PUSHED_EBX = 16;

const returnFar = (a: Assembler) => a.db(0xcb);

/** AH = status; the carry says whether it is one of failure. */
function finish(a: Assembler, status: number): void {
  a.db(0xb4, status);
  if (status) a.stc();
  else a.clc();
  returnFar(a);
}

export default function bios32(a: Assembler): void {
  a.section(".boot").outermostFrame();
  directory(a);
  pciService(a);
  readRegister(a);
}

/** EAX: a service's name; BL: 0. AL: whether it is there; EBX, ECX and EDX: base, length and entry. */
function directory(a: Assembler): void {
  a.function("bios32_entry");
  a.test(bl, bl).jne("bad_directory_function");
  a.cmp(eax, PCI_SERVICE).jne("not_present");
  a.push(ebx).xor(ebx, ebx).xor(edx, edx).call("read_register");
  a.pop(ebx).cmp(eax, -1).je("not_present");
  a.mov(ebx, BIOS_SEGMENT_BASE).mov(ecx, SEGMENT_BYTES);
  a.mov(edx, symbol("pci32_entry", -BIOS_SEGMENT_BASE));
  a.mov(eax, PRESENT);
  returnFar(a);
  a.label("not_present").mov(al, NOT_PRESENT);
  returnFar(a);
  a.label("bad_directory_function").mov(al, BAD_DIRECTORY_FUNCTION);
  returnFar(a);
}

/** AL: the function, and registers as INT 1Ah has them. */
function pciService(a: Assembler): void {
  a.function("pci32_entry");
  a.cmp(al, 0x01).jne("no_presence");
  a.mov(edx, PCI_BIOS_SIGNATURE).mov(bx, PCI_BIOS_VERSION).mov(cl, 0).mov(al, 1);
  finish(a, 0);
  a.label("no_presence").cmp(al, 0x02).je("find_device");
  a.cmp(al, 0x03).je("find_class");
  a.cmp(al, 0x08).jb("bad_function").cmp(al, 0x0d).ja("bad_function");
  access(a);
  find(a);
  a.label("bad_function");
  finish(a, PCI_BAD_FUNCTION);
}

/** Functions 08h to 0Dh: register DI of BX is read into CL, CX or ECX, or written from there. */
function access(a: Assembler): void {
  a.cmp(al, 0x08).je("aligned").cmp(al, 0x0b).je("aligned");
  a.test(edi, 1).jne("bad_register");
  a.cmp(al, 0x09).je("aligned").cmp(al, 0x0c).je("aligned");
  a.test(edi, 2).jne("bad_register");
  a.label("aligned").push(edx).push(eax).mov(edx, edi).call("select_register");
  a.mov(edx, edi).and(edx, 3).add(edx, PCI_CONFIG_DATA);
  a.mov(eax, dword(esp));
  a.cmp(al, 0x08).je("read_byte").cmp(al, 0x09).je("read_word").cmp(al, 0x0a).je("read_dword");
  a.cmp(al, 0x0b).mov(eax, ecx).je("write_byte");
  a.cmp(byte(esp), 0x0c).je("write_word");
  a.out(dx, eax).jmp("accessed");
  a.label("write_word").out(dx, ax).jmp("accessed");
  a.label("write_byte").out(dx, al).jmp("accessed");
  a.label("read_byte").in(al, dx).mov(cl, al).jmp("accessed");
  a.label("read_word").in(ax, dx).mov(cx, ax).jmp("accessed");
  a.label("read_dword").in(eax, dx).mov(ecx, eax);
  a.label("accessed").pop(eax).pop(edx);
  finish(a, 0);
  a.label("bad_register");
  finish(a, PCI_BAD_REGISTER);
}

/** Functions 02h and 03h: the SIth function of vendor DX and device CX, or of class ECX, in BX. */
function find(a: Assembler): void {
  a.label("find_device").pushad();
  // EBP: what is looked for; EDI: in which register; CL: above which bit.
  a.movzx(ebp, dx).shl(ecx, 16).or(ebp, ecx).xor(edi, edi).mov(cl, 0).jmp("find");
  a.label("find_class").pushad();
  a.mov(ebp, ecx).and(ebp, 0xffffff).mov(edi, PCI_CLASS).mov(cl, 8);
  a.label("find").and(esi, 0xffff).xor(ebx, ebx);
  a.label("find_next").test(bl, 7).je("find_here");
  // A function behind the first one, if the device has several.
  a.push(ebx).and(ebx, 0xf8).mov(edx, HEADER_TYPE).call("read_register").pop(ebx);
  a.test(eax, SEVERAL_FUNCTIONS).je("find_on");
  a.label("find_here").xor(edx, edx).call("read_register").cmp(eax, -1).je("find_on");
  a.mov(edx, edi).call("read_register").shr(eax, cl).cmp(eax, ebp).jne("find_on");
  a.sub(esi, 1).jb("found");
  a.label("find_on").inc(ebx).test(bl, bl).jne("find_next");
  a.popad();
  finish(a, PCI_NOT_FOUND);
  a.label("found").mov(word(esp, PUSHED_EBX), bx).popad();
  finish(a, 0);
}

/** EAX: the doubleword of register EDX of BX. */
function readRegister(a: Assembler): void {
  a.function("read_register").push(edx).call("select_register");
  a.mov(edx, PCI_CONFIG_DATA).in(eax, dx).pop(edx).ret();
  // EAX and EDX are lost.
  a.function("select_register").movzx(eax, bx).shl(eax, 8).and(edx, 0xfc).or(eax, edx);
  a.or(eax, PCI_CONFIG_ENABLE).mov(edx, PCI_CONFIG_ADDRESS).out(dx, eax).ret();
}
