// Which driver hears which interrupt line.
import { IRQS } from "../../abi/i386";
import { pic_eoi, pic_spurious, pic_unmask } from "./pic";

/** Called with interrupts off, on the stack of whatever was interrupted. Must not block. */
export type IrqHandler = () => void;

const handlers: usize = memory.data(64);

/** Gives `irq` to `handler` and unmasks it. */
export function irq_establish(irq: u32, handler: IrqHandler): void {
  store<IrqHandler>(handlers + ((<usize>irq) << 2), handler);
  pic_unmask(irq);
}

/** Acknowledges and handles an interrupt. */
export function irq_dispatch(irq: u32): void {
  if (irq >= <u32>IRQS || pic_spurious(irq)) return;
  pic_eoi(irq);
  const handler = load<usize>(handlers + ((<usize>irq) << 2));
  if (handler != 0) changetype<IrqHandler>(handler)();
}
