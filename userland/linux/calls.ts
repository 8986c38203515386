// The table of calls, and one call.
import { ENOSYS } from "../../abi/errno";
import { SYS_COUNT } from "../../abi/linux";
import { LinuxProcess } from "./process";

/** The registers of a thread, laid out as its state (abi/task_types.ts). Calls take ebx, ecx, edx, esi, edi, ebp and answer in eax. */
@unmanaged
export class Registers {
  gs!: u32;
  fs!: u32;
  es!: u32;
  ds!: u32;
  edi!: u32;
  esi!: u32;
  ebp!: u32;
  esp!: u32;
  ebx!: u32;
  edx!: u32;
  ecx!: u32;
  eax!: u32;
  eip!: u32;
  cs!: u32;
  efl!: u32;
  uesp!: u32;
  ss!: u32;
}

/** The result, or a negative error number. A call that changes the registers by itself returns what eax is to be. */
export type Call = (process: LinuxProcess, registers: Registers) => i32;

/** Functions by number; 0 for what is not served. */
const calls: usize = memory.data(1760);

export function call_define(number: u32, call: Call): void {
  store<u32>(calls + ((<usize>number) << 2), changetype<u32>(call));
}

/** Calls that are answered with 0, nothing being done. */
export function call_ignore(number: u32): void {
  call_define(number, nothing);
}

function nothing(_process: LinuxProcess, _registers: Registers): i32 {
  return 0;
}

export function call_run(process: LinuxProcess, registers: Registers): i32 {
  const number = registers.eax;
  const call: u32 = number < <u32>SYS_COUNT ? load<u32>(calls + ((<usize>number) << 2)) : 0;
  if (call == 0) return -ENOSYS;
  return changetype<Call>(<usize>call)(process, registers);
}
