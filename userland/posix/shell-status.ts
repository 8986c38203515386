// The status of the last command.
export let status: u32 = 0;

export function set_status(value: u32): void {
  status = value;
}

/** As $? shows it: 128 and the signal for what a signal has ended. */
export function status_word(): u32 {
  return status >= 256 ? status - 256 + 128 : status;
}
