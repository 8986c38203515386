// The speaker: counter 2 of the 8254 timer behind port B (IBM PC/AT technical reference).
import { inb, outb } from "../../guest/i386";
import { PIT_FREQUENCY } from "./pit";

const COUNTER_2: u32 = 0x42;
const CONTROL: u32 = 0x43;
/** Counter 2, low byte then high byte, mode 3 (square wave), binary. */
const SQUARE_WAVE: u32 = 0xb6;
const PORT_B: u32 = 0x61;
/** The counter's gate, and the speaker's. */
const SPEAKER: u32 = 3;

/** `frequency`: Hz, 19 and more. */
export function speaker_on(frequency: u32): void {
  const count = PIT_FREQUENCY / frequency;
  outb(CONTROL, SQUARE_WAVE);
  outb(COUNTER_2, count & 0xff);
  outb(COUNTER_2, count >> 8);
  outb(PORT_B, inb(PORT_B) | SPEAKER);
}

export function speaker_off(): void {
  outb(PORT_B, inb(PORT_B) & ~SPEAKER);
}
