// Which processor this is, and the control bits that depend on it.
import { loadCr0, storeCr0 } from "../../guest/i386";
import { CR0_WP, EFL_AC } from "../../abi/i386";
import { CPU_TYPE_I386, CPU_TYPE_I486 } from "../../abi/task_types";
import { toggle_eflags } from "./asm";

let detected_type: u32 = CPU_TYPE_I386;

/** A 386 cannot change EFLAGS.AC; a 486 and its successors can (Intel AP-485). They have INVLPG and CR0.WP. */
export function cpu_init(): void {
  detected_type = toggle_eflags(EFL_AC) & EFL_AC ? CPU_TYPE_I486 : CPU_TYPE_I386;
  if (cpu_is_486()) storeCr0(loadCr0() | CR0_WP);
}

export function cpu_type(): u32 {
  return detected_type;
}

export function cpu_is_486(): bool {
  return detected_type != CPU_TYPE_I386;
}
