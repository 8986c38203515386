/** FXSAVE and FXRSTOR: the x87 state in 512 bytes (SDM volume 1, 10.5; volume 2, FXSAVE). */
import { CR4_OSFXSR } from "../../control-registers";
import {
  CONFIG_MXCSR,
  CR4,
  DONE,
  EXTENDED_IMAGE,
  FAULT,
  FPU_CONTROL,
  FPU_CS,
  FPU_EIP,
  FPU_FULL,
  FPU_HEAD,
  FPU_OPCODE,
  FPU_OPERAND,
  FPU_OPERAND_SEGMENT,
  MXCSR,
  OP_SEGMENT,
  REG_ADDRESS,
  XMM_REGISTERS,
} from "../../layout";
import { effectiveAddress } from "../operands";
import { checkAccess } from "../segment";
import { GP, fault } from "../state";
import { fpuStatus, setFpuControl, setFpuStatus } from "./control";
import { readBytes, writeBytes } from "./memory";
import { available, head, register, significand } from "./stack";

/** Of the image: with the x87's state, with SSE's too; the rest is reserved or the program's own. */
const X87_BYTES: u32 = 160;
const XMM_BYTES: u32 = 288;
const IMAGE_BYTES: u32 = 512;
const REGISTERS: u32 = 32;
const REGISTER_BYTES: u32 = 16;
const ALIGNMENT: u32 = 16;

/** Leaves the image's linear address in REG_ADDRESS; the decoder sends no SEG_EA. False after a fault. */
function reachImage(op: usize, write: bool): bool {
  if (!checkAccess(load<u8>(op, OP_SEGMENT), effectiveAddress(op), IMAGE_BYTES, write)) return false;
  return !(load<u32>(REG_ADDRESS) & (ALIGNMENT - 1)) || fault(GP, 0);
}

/** Whether SSE's state is part of the image. */
function hasXmm(): bool {
  return load<u32>(CONFIG_MXCSR) != 0 && (load<u32>(CR4) & CR4_OSFXSR) != 0;
}

/** FXSAVE. Unlike FSAVE it leaves the state as it is. */
export function opFpuSaveExtended(op: usize): u32 {
  if (!available()) return FAULT;
  if (!reachImage(op, true)) return FAULT;
  const at = load<u32>(REG_ADDRESS);
  const bytes = hasXmm() ? XMM_BYTES : X87_BYTES;
  // What belongs to nobody stays as it is.
  if (!readBytes(at, EXTENDED_IMAGE, bytes, 4)) return FAULT;
  const image: usize = EXTENDED_IMAGE;
  store<u16>(image, load<u32>(FPU_CONTROL));
  store<u16>(image, fpuStatus(), 2);
  // One bit a register, of physical ones: whether it is full.
  store<u16>(image, load<u32>(FPU_FULL), 4);
  store<u16>(image, load<u32>(FPU_OPCODE), 6);
  store<u32>(image, load<u32>(FPU_EIP), 8);
  store<u32>(image, load<u32>(FPU_CS), 12);
  store<u32>(image, load<u32>(FPU_OPERAND), 16);
  store<u32>(image, load<u32>(FPU_OPERAND_SEGMENT), 20);
  for (let i: u32 = 0; i < 8; i++) {
    const to = image + REGISTERS + i * REGISTER_BYTES;
    store<u64>(to, significand(register(i)));
    store<u64>(to, head(register(i)), 8);
  }
  if (bytes == XMM_BYTES) {
    store<u32>(image, load<u32>(MXCSR), 24);
    store<u32>(image, load<u32>(CONFIG_MXCSR), 28);
    memory.copy(image + X87_BYTES, XMM_REGISTERS, XMM_BYTES - X87_BYTES);
  }
  return writeBytes(at, EXTENDED_IMAGE, bytes, 4) ? DONE : FAULT;
}

export function opFpuRestoreExtended(op: usize): u32 {
  if (!available()) return FAULT;
  if (!reachImage(op, false)) return FAULT;
  const at = load<u32>(REG_ADDRESS);
  const bytes = hasXmm() ? XMM_BYTES : X87_BYTES;
  if (!readBytes(at, EXTENDED_IMAGE, bytes, 4)) return FAULT;
  const image: usize = EXTENDED_IMAGE;
  if (bytes == XMM_BYTES) {
    const csr = load<u32>(image, 24);
    if (csr & ~load<u32>(CONFIG_MXCSR)) return u32(fault(GP, 0)) | FAULT;
    store<u32>(MXCSR, csr);
    memory.copy(XMM_REGISTERS, image + X87_BYTES, XMM_BYTES - X87_BYTES);
  }
  setFpuControl(load<u16>(image));
  setFpuStatus(load<u16>(image, 2));
  store<u32>(FPU_FULL, load<u8>(image, 4));
  store<u32>(FPU_OPCODE, load<u16>(image, 6) & 0x7ff);
  store<u32>(FPU_EIP, load<u32>(image, 8));
  store<u32>(FPU_CS, load<u16>(image, 12));
  store<u32>(FPU_OPERAND, load<u32>(image, 16));
  store<u32>(FPU_OPERAND_SEGMENT, load<u16>(image, 20));
  for (let i: u32 = 0; i < 8; i++) {
    const from = image + REGISTERS + i * REGISTER_BYTES;
    const to = register(i);
    store<u64>(to, load<u64>(from));
    store<u32>(to, load<u16>(from, 8), FPU_HEAD);
  }
  return DONE;
}
