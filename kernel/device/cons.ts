// The console, as the kernel uses it: the serial line with console=com0, else screen and keyboard. What the kernel prints
// is kept for `kmsg` too. Programs open the device `console`, which is one of the two.
import { com_drain, com_flush, com_init, com_poll_get, com_poll_put } from "../i386/com";
import { Tty, tty_getc } from "./chario";
import { com_tty_attach, com_tty_kernel_put } from "./com_tty";
import { kd_init } from "./kd";
import { kd_kernel_put, kd_poll_get, kd_tty_attach } from "./kd_tty";
import { kmsg_putchar } from "./kmsg";

/** The line that console=com0 means. */
const COM0: u32 = 0;

let on_serial: bool = false;
/** The console's terminal; null until it works by interrupt. */
let console_tty: Tty = changetype<Tty>(0);

/** Early start: polled output. `serial`: console=com0 was given. */
export function cons_init(serial: bool): void {
  on_serial = serial;
  com_init(COM0);
  if (!serial) kd_init();
}

/** From here on by interrupt. */
export function cons_attach(): void {
  const serial = com_tty_attach(COM0);
  console_tty = on_serial ? serial : kd_tty_attach();
}

/** Whether the console is the serial line. */
export function cons_is_serial(): bool {
  return on_serial;
}

/** Kernel output: never waits for an interrupt. */
export function cons_kernel_put(byte: u32): void {
  kmsg_putchar(byte);
  if (!on_serial) kd_kernel_put(byte);
  else if (changetype<usize>(console_tty) == 0) com_poll_put(COM0, byte);
  else com_tty_kernel_put(COM0, byte);
}

/** Output without interrupts: of a panic, and of the debugger. */
export function cons_putc(byte: u32): void {
  if (on_serial) {
    com_drain(COM0);
    com_poll_put(COM0, byte);
  } else kd_kernel_put(byte);
}

/** A panic's output also goes to the serial line, whatever the console is. */
export function cons_panic_put(byte: u32): void {
  if (!on_serial) com_poll_put(COM0, byte);
  cons_putc(byte);
}

/** Input without interrupts: a byte that has been typed, or -1. */
export function cons_poll_getc(): i32 {
  return on_serial ? com_poll_get(COM0) : kd_poll_get();
}

/** Waits in the kernel for a byte. */
export function cons_getc(): u32 {
  return tty_getc(console_tty);
}

/** Everything written so far leaves the machine. */
export function cons_flush(): void {
  com_flush(COM0);
}
