// The console: a byte stream over the serial line, interrupt driven in both directions. Bytes go out unchanged and come
// in unedited.
import { com_attach, com_drain, com_init, com_poll_put, com_start } from "../i386/com";
import { assert_wait, thread_block, thread_wakeup, THREAD_INTERRUPTED } from "../kern/sched";

const OUTPUT_SIZE: u32 = 4096;
const INPUT_SIZE: u32 = 1024;
/** Writers that wait for room go on when so many bytes are free. */
const OUTPUT_ROOM: u32 = 1024;

const output: usize = memory.data(4096);
const input: usize = memory.data(1024);
// Free-running counters; the difference is what the ring holds.
let output_in: u32 = 0;
let output_out: u32 = 0;
let output_waiting: bool = false;
let input_in: u32 = 0;
let input_out: u32 = 0;
/** The console is on the serial line: console=com0. */
let on_serial: bool = false;
let attached: bool = false;

/** Early start: polled output. `serial`: console=com0 was given; otherwise there is no console. */
export function cons_init(serial: bool): void {
  on_serial = serial;
  com_init();
}

/** From here on by interrupt. */
export function cons_attach(): void {
  attached = true;
  com_attach(cons_receive, cons_next);
}

/** Kernel output: never waits for an interrupt. */
export function cons_kernel_put(byte: u32): void {
  if (!on_serial) return;
  if (!attached) {
    com_poll_put(byte);
    return;
  }
  if (output_in - output_out == OUTPUT_SIZE) com_drain();
  put(byte);
  com_start();
}

/** A panic's output, on the serial line whatever the console is. */
export function cons_panic_put(byte: u32): void {
  com_drain();
  com_poll_put(byte);
}

/** Everything written so far leaves the machine. */
export function cons_flush(): void {
  com_drain();
}

function put(byte: u32): void {
  store<u8>(output + (output_in % OUTPUT_SIZE), <u8>byte);
  output_in++;
}

/** Writes `count` bytes; sleeps while the ring is full. Returns how many went in before an interruption. */
export function cons_write(buffer: usize, count: u32): u32 {
  if (!on_serial) return count;
  for (let i: u32 = 0; i < count; i++) {
    while (output_in - output_out == OUTPUT_SIZE) {
      output_waiting = true;
      assert_wait(output, true);
      if (thread_block() == THREAD_INTERRUPTED) return i;
    }
    put(load<u8>(buffer + i));
    com_start();
  }
  return count;
}

/** Bytes that can be read without waiting. */
export function cons_available(): u32 {
  return input_in - input_out;
}

/** Waits for input. False when interrupted. */
export function cons_wait_input(): bool {
  while (cons_available() == 0) {
    assert_wait(input, true);
    if (thread_block() == THREAD_INTERRUPTED) return false;
  }
  return true;
}

/** Takes at most `limit` bytes of what has come in; returns how many. */
export function cons_read(buffer: usize, limit: u32): u32 {
  let count: u32 = 0;
  while (count < limit && input_in != input_out) {
    store<u8>(buffer + count, load<u8>(input + (input_out % INPUT_SIZE)));
    input_out++;
    count++;
  }
  return count;
}

/** Throws away what has come in. */
export function cons_flush_input(): void {
  input_out = input_in;
}

/** Bytes that come in while the ring is full are lost, as on any serial line. */
function cons_receive(byte: u32): void {
  if (input_in - input_out == INPUT_SIZE) return;
  store<u8>(input + (input_in % INPUT_SIZE), <u8>byte);
  input_in++;
  thread_wakeup(input);
}

function cons_next(): i32 {
  if (output_in == output_out) return -1;
  const byte = <i32>load<u8>(output + (output_out % OUTPUT_SIZE));
  output_out++;
  if (output_waiting && OUTPUT_SIZE - (output_in - output_out) >= OUTPUT_ROOM) {
    output_waiting = false;
    thread_wakeup(output);
  }
  return byte;
}
