// The `irq` device: its status flavor.

/** device_get_status of one word: how interrupts are routed. */
export const IRQGETPICMODE = 0;
export const IRQ_PICMODE_PIC = 0;
