// How the kernel comes into its debugger: by INT3 in kernel mode, which `breakpoint` executes. The boot argument ddb=1
// makes it possible; without it nothing but a panic stops the kernel.
import { breakpoint } from "../i386/asm";
import { SavedState } from "../i386/saved_state";
import { KERNEL_PANIC_STATUS } from "../../abi/debug_exit";
import { machine_stop } from "../kern/debug";
import { db_command_loop } from "./db_command";
import { db_print } from "./db_output";

let enabled: bool = false;
let active: bool = false;
/** Asked for from inside an interrupt; taken on the way back. */
let requested: bool = false;

export function db_configure(on: bool): void {
  enabled = on;
}

/** Stops in the debugger. False when there is none. */
export function db_enter(): bool {
  if (!enabled || active) return false;
  breakpoint();
  return true;
}

/** From an interrupt handler: stops in the debugger when the handler is done. False when there is none. */
export function db_request(): bool {
  requested = enabled && !active;
  return requested;
}

/** At the end of an interrupt. */
export function db_check_request(regs: SavedState): void {
  if (!requested) return;
  requested = false;
  db_trap(regs, "console break");
}

/** An exception in kernel mode, or a request. False when there is no debugger; it returns when the kernel is to go on. */
export function db_trap(regs: SavedState, reason: string): bool {
  if (!enabled) return false;
  if (active) {
    db_print("\nexception in the debugger\n");
    machine_stop(KERNEL_PANIC_STATUS);
  }
  active = true;
  db_print("\nddb: ");
  db_print(reason);
  db_print("\n");
  db_command_loop(regs);
  active = false;
  return true;
}
