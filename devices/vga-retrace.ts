// The VGA's interrupt: the beam's vertical retrace sets a latch, which the retrace end register holds clear and lets through.
//
// Manual: IBM PS/2 Hardware Interface Technical Reference, Video Subsystems (1992), "Vertical Retrace End Register", "Input
// Status Register 0".

import { type InterruptLine, type SavedState, restoreFields } from "./bus";
import { Alarm, type Clock, type Crystal } from "./clock";
import type { CrtController } from "./vga-crtc";

const VERSION = 1;

export class RetraceInterrupt {
  /** The cycle of the retrace that sets the latch; Infinity while it is held clear. */
  private due = Infinity;
  private readonly alarm: Alarm;

  constructor(
    private readonly clock: Clock,
    private readonly crystal: Crystal,
    private readonly controller: CrtController,
    private readonly interrupt: InterruptLine,
  ) {
    this.alarm = new Alarm(clock, () => this.drive());
  }

  /** The latch. */
  get pending(): boolean {
    return this.clock.now >= this.due;
  }

  /** Follows a change of the CRT controller's registers. */
  update(): void {
    if (!this.controller.latchesRetrace) this.due = Infinity;
    else if (!this.pending) this.due = this.nextRetrace();
    this.drive();
  }

  private drive(): void {
    const enabled = this.controller.interruptsAtRetrace;
    if (enabled && this.pending) this.interrupt.raise();
    else this.interrupt.lower();
    // Nothing is to happen while nobody would be told of it.
    if (enabled && !this.pending && this.due !== Infinity) this.alarm.setAt(this.due);
    else this.alarm.cancel();
  }

  /** The cycle at which the next retrace begins. */
  private nextRetrace(): number {
    const { charactersWithBorders, linesWithBorders, retraceStart } = this.controller;
    if (retraceStart >= linesWithBorders) return Infinity;
    const frame = charactersWithBorders * linesWithBorders;
    const within = charactersWithBorders * retraceStart;
    const frames = Math.floor((this.crystal.ticksAt(this.clock.now) - within) / frame) + 1;
    return this.crystal.cycleOf(frames * frame + within);
  }

  save(): SavedState {
    return { version: VERSION, due: this.due, alarm: this.alarm.save() };
  }

  /** Behind the registers. */
  restore(state: SavedState): void {
    const { alarm, ...fields } = state;
    restoreFields("VGA retrace", VERSION, this, fields as SavedState);
    this.alarm.restore(alarm);
    if (this.pending && this.controller.interruptsAtRetrace) this.interrupt.raise();
    else this.interrupt.lower();
  }
}
