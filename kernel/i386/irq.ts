// Which driver hears which interrupt line.
import { IRQS } from "../../abi/i386";
import { pic_eoi, pic_mask_irq, pic_spurious, pic_unmask } from "./pic";

/** Called with interrupts off, on the stack of whatever was interrupted. Must not block. */
export type IrqHandler = () => void;
/** Hears of the lines that programs have asked for, which are masked then. */
export type IrqUserHandler = (irq: u32) => void;

const handlers: usize = memory.data(64);
let user_handler: usize = 0;
/** Bit n: line n goes to user_handler. */
let user_lines: u32 = 0;
/** The master's line that leads to the slave. */
const CASCADE: u32 = 2;

/** Gives `irq` to `handler`, a driver, and unmasks it. A program that had it hears no more of it. */
export function irq_establish(irq: u32, handler: IrqHandler): void {
  store<IrqHandler>(handlers + ((<usize>irq) << 2), handler);
  pic_unmask(irq);
}

/** Whether a line is nobody's. */
export function irq_free(irq: u32): bool {
  if (irq >= <u32>IRQS || irq == CASCADE || user_lines & (1 << irq)) return false;
  return load<usize>(handlers + ((<usize>irq) << 2)) == 0;
}

/** Gives a free line to `handler` and unmasks it. */
export function irq_establish_user(irq: u32, handler: IrqUserHandler): void {
  user_handler = changetype<usize>(handler);
  user_lines |= 1 << irq;
  pic_unmask(irq);
}

/** Takes a line back, unless a driver has it by now. */
export function irq_release_user(irq: u32): void {
  user_lines &= ~(1 << irq);
  if (load<usize>(handlers + ((<usize>irq) << 2)) == 0) pic_mask_irq(irq);
}

/** Acknowledges and handles an interrupt. */
export function irq_dispatch(irq: u32): void {
  if (irq >= <u32>IRQS || pic_spurious(irq)) return;
  const handler = load<usize>(handlers + ((<usize>irq) << 2));
  const user = handler == 0 && (user_lines & (1 << irq)) != 0;
  if (user) pic_mask_irq(irq);
  pic_eoi(irq);
  if (handler != 0) changetype<IrqHandler>(handler)();
  else if (user) changetype<IrqUserHandler>(user_handler)(irq);
}
