// A PC: processor, memory, devices, and the time they share. Deterministic: the same configuration and the same
// input at the same cycles give the same run.

import { Cpu, type CpuStats } from "../cpu/cpu";
import { PROCESSOR_MODELS } from "../cpu/models";
import { type AccessSize, type Device, PortBus } from "../devices/bus";
import { Scheduler } from "../devices/clock";
import { CoprocessorError } from "../devices/coprocessor-error";
import { attachDebugConsole, attachDebugExit, attachPostCode } from "../devices/debug-ports";
import { I82077 } from "../devices/i82077";
import { I8042 } from "../devices/i8042";
import { DmaControllers } from "../devices/i8237";
import { I8254 } from "../devices/i8254";
import { Mc146818 } from "../devices/mc146818";
import { COM2_PORT, Ns16550 } from "../devices/ns16550";
import {
  IRQ_ACPI,
  IRQ_CLOCK,
  IRQ_COM1,
  IRQ_COM2,
  IRQ_FLOPPY,
  IRQ_COPROCESSOR,
  IRQ_DISK,
  IRQ_DISPLAY,
  IRQ_SECOND_DISK,
  IRQ_KEYBOARD,
  IRQ_MOUSE,
  IRQ_TIMER,
} from "../devices/pic-pair";
import { Ps2Keyboard } from "../devices/ps2-keyboard";
import { Ps2Mouse } from "../devices/ps2-mouse";
import { ResetPorts } from "../devices/reset-ports";
import type { KeyName } from "../devices/scan-codes";
import type { Storage } from "../devices/storage";
import { SystemPortB } from "../devices/system-port-b";
import { type TextScreen, screenText } from "../devices/text-screen";
import { keyStroke } from "../devices/us-layout";
import { LINEAR_BASE } from "../devices/bochs-display";
import { Vga } from "../devices/vga";
import type { Picture } from "../devices/vga-picture";
import {
  DEFAULT_CPU_FREQUENCY,
  DEFAULT_MEMORY,
  DEFAULT_START_TIME,
  MachineError,
  type MachineConfig,
  type MachineHooks,
  type RunResult,
  checkFrequency,
  checkMemory,
} from "./config";
import { BusMemory } from "./bus-memory";
import {
  HOLE_END,
  HOLE_START,
  checkBootOrder,
  checkFloppy,
  checkFloppyDrives,
  describeInCmos,
  programChips,
  returnsFromReset,
} from "./firmware";
import { type Ide, makeIde } from "./ide";
import { Interrupts } from "./interrupts";
import { attachPci } from "./pci";
import { type MachineSnapshot, SNAPSHOT_VERSION, restoreDisks, saveDisks } from "./snapshot";

export * from "./config";
export type { KeyName } from "../devices/scan-codes";
export type { TextCursor, TextRow, TextScreen } from "../devices/text-screen";
export type { Picture } from "../devices/vga-picture";
export type { MachineSnapshot } from "./snapshot";

const EFLAGS_IF = 0x200;
/** Declared: what the firmware takes from a reset to the loader. So a guest that only resets makes time pass. */
const FIRMWARE_SECONDS = 0.5;
const DEFAULT_BOOT_ORDER = "dc";
const FLOPPY_CHANNEL = 2;

/** Counters since the start of the machine. */
export interface MachineStats extends CpuStats {
  portReads: number;
  portWrites: number;
  unclaimedPortReads: number;
  unclaimedPortWrites: number;
  serialSent: number;
  serialReceived: number;
  diskCommands: number;
  diskSectorsRead: number;
  diskSectorsWritten: number;
}

export class Machine {
  readonly cpu: Cpu;
  readonly memoryBytes: number;
  readonly cpuFrequency: number;
  /** Observers; set and unset at any time. The processor's own are in `cpu.hooks`. */
  readonly hooks: MachineHooks = {};
  /** What happens at a guest's reset when the configuration says `reboot`: load the guest anew. */
  onReset: (() => void) | undefined;

  private readonly scheduler: Scheduler;
  private readonly ports = new PortBus();
  private readonly interrupts: Interrupts;
  private readonly coprocessorError: CoprocessorError;
  private readonly pit: I8254;
  private readonly com1: Ns16550;
  private readonly com2: Ns16550;
  private readonly dma: DmaControllers;
  private readonly floppy: I82077;
  private readonly rtc: Mc146818;
  private readonly keyboard: Ps2Keyboard;
  private readonly mouse: Ps2Mouse;
  private readonly vga: Vga;
  private readonly ide: Ide;
  private readonly busMemory: BusMemory;
  private readonly devices: ReadonlyMap<string, Device>;
  private readonly config: MachineConfig;
  /** Where the current run ends because the processor has worked long enough. */
  private busyUntil = Infinity;
  /** How the machine stopped for good. */
  private ended: RunResult | undefined;
  /** What the current run is to return with, set by a device or by `stop`. */
  private interruption: RunResult | "reset" | "init" | undefined;

  /** @throws MachineError when the configuration makes no machine */
  constructor(config: MachineConfig = {}) {
    this.config = config;
    this.memoryBytes = checkMemory(config.memory ?? DEFAULT_MEMORY);
    checkFloppyDrives(config);
    checkBootOrder(config.bootOrder ?? DEFAULT_BOOT_ORDER);
    this.cpuFrequency = checkFrequency(config.cpuFrequency ?? DEFAULT_CPU_FREQUENCY);
    this.busMemory = new BusMemory(
      () => this.cpu,
      () => this.vga,
      config.bios,
    );
    const model = config.cpu ?? "i486";
    const hasApic = config.type !== "isapc" && PROCESSOR_MODELS[model].apic;
    this.cpu = new Cpu({
      model,
      apic: hasApic,
      memoryBytes: this.memoryBytes,
      holes: [[HOLE_START, HOLE_END]],
      bus: {
        portRead: (port, size) => this.ports.read(port, size),
        portWrite: (port, size, value) => this.ports.write(port, size, value),
        portReadBlock: (port, size, into) => this.ports.readBlock(port, size, into),
        portWriteBlock: (port, size, from) => this.ports.writeBlock(port, size, from),
        memoryRead: (physical, size) => this.readBusMemory(physical, size),
        memoryWrite: (physical, size, value) => this.writeBusMemory(physical, size, value),
        interruptAcknowledge: () => this.interrupts.acknowledge(),
        numericError: (asserted) => this.coprocessorError.setError(asserted),
      },
    });
    this.scheduler = new Scheduler(
      this.cpuFrequency,
      () => this.cpu.cycles,
      (at) => this.cpu.setDeadline(at),
    );
    const clockFor = (irq: number | (() => number | undefined)) => this.scheduler.clockFor(irq);
    this.interrupts = new Interrupts(
      {
        setInterrupt: (asserted) => this.cpu.setInterrupt(asserted),
        nmi: () => this.cpu.nmi(),
        init: () => this.interrupt(this.initOrReset),
      },
      hasApic ? clockFor : undefined,
    );
    this.coprocessorError = new CoprocessorError(this.interrupts.line(IRQ_COPROCESSOR), (asserted) =>
      this.cpu.setIgnoreNumericErrors(asserted),
    );
    this.pit = new I8254(clockFor(IRQ_TIMER), this.interrupts.line(IRQ_TIMER));
    this.com1 = new Ns16550(clockFor(IRQ_COM1), this.interrupts.line(IRQ_COM1), (byte) =>
      config.onSerial?.(byte),
    );
    this.com2 = new Ns16550(clockFor(IRQ_COM2), this.interrupts.line(IRQ_COM2), (byte) =>
      config.onSecondSerial?.(byte),
    );
    this.dma = new DmaControllers(this.busMemory);
    this.floppy = new I82077(
      clockFor(IRQ_FLOPPY),
      this.interrupts.line(IRQ_FLOPPY),
      this.dma.channel(FLOPPY_CHANNEL),
      [checkFloppy(config.floppy), checkFloppy(config.secondFloppy)],
      (line) => this.hooks.disk?.(line),
    );
    this.rtc = new Mc146818(
      clockFor(IRQ_CLOCK),
      this.interrupts.line(IRQ_CLOCK),
      config.startTime ?? DEFAULT_START_TIME,
    );
    this.keyboard = new Ps2Keyboard(clockFor(IRQ_KEYBOARD));
    this.mouse = new Ps2Mouse(clockFor(IRQ_MOUSE));
    this.vga = new Vga(clockFor(IRQ_DISPLAY), this.interrupts.line(IRQ_DISPLAY));
    const wires = (irq: number) => ({ clock: clockFor(irq), interrupt: this.interrupts.line(irq) });
    this.ide = makeIde(
      { disks: config.disks ?? [], cdrom: config.cdrom },
      this.busMemory,
      [wires(IRQ_DISK), wires(IRQ_SECOND_DISK)],
      (line) => this.hooks.disk?.(line),
    );
    this.devices = this.attachDevices();
    this.reset();
  }

  get cycles(): number {
    return this.cpu.cycles;
  }

  get instructions(): number {
    return this.cpu.instructions;
  }

  /** Guest physical RAM. After writing code into it call `cpu.invalidate`. */
  get memory(): Uint8Array {
    return this.cpu.memory;
  }

  /** Number of disks. */
  get diskCount(): number {
    return this.config.disks?.length ?? 0;
  }

  /** What can be written. */
  private get storages(): readonly Storage[] {
    const { disks = [], floppy, secondFloppy } = this.config;
    return [...disks, ...[floppy, secondFloppy].filter((one) => one != null)];
  }

  /**
   * The state a PC is in when its firmware starts a loader; with a BIOS, that after power-on, at the BIOS's first instruction.
   * RAM, time and the disks' contents stay.
   */
  reset(): void {
    this.ended = this.interruption = undefined;
    for (const device of this.devices.values()) device.reset();
    this.cpu.reset();
    describeInCmos(this.rtc, {
      memoryBytes: this.memoryBytes,
      disks: this.diskCount,
      floppySectors: [this.config.floppy, this.config.secondFloppy].map((one) =>
        one === null ? 0 : one?.sectors,
      ),
      order: this.config.bootOrder ?? DEFAULT_BOOT_ORDER,
    });
    if (this.config.type === "isapc") this.busMemory.fillWithBios();
    if (!this.config.bios) programChips(this.ports);
  }

  /**
   * Runs until something ends it, at the latest at the first instruction boundary with `cycles >= untilCycle`. In
   * HLT, time jumps to the next event. How a run is cut into pieces changes nothing for the guest.
   * @param busyCycles ends the run, also with "cycles", when the processor has worked so long, HLT not counted
   */
  run(untilCycle = Infinity, busyCycles = Infinity): RunResult {
    this.ports.trace = this.hooks.io;
    this.interruption = undefined;
    this.busyUntil = this.cpu.cycles + busyCycles;
    while (!this.ended) {
      this.scheduler.fire();
      if (this.cpu.cycles >= Math.min(untilCycle, this.busyUntil)) return { reason: "cycles" };
      const result = this.runToEvent(untilCycle);
      if (result) return result;
    }
    return this.ended;
  }

  /** Executes one instruction (or what `Cpu.step` counts as one), or lets one event happen in HLT. */
  step(): RunResult {
    if (this.ended) return this.ended;
    this.interruption = undefined;
    this.scheduler.fire();
    const result = this.afterRun(this.cpu.step(), Infinity);
    this.scheduler.fire();
    return result ?? { reason: "stopped" };
  }

  /** Ends the current `run` with "stopped" after the current instruction. */
  stop(): void {
    this.interruption ??= { reason: "stopped" };
    this.cpu.stop();
  }

  /** Lets time pass without the processor, as for a guest in HLT that waits for input. */
  advance(cycle: number): void {
    while (this.scheduler.next <= cycle) {
      this.cpu.advanceTo(this.scheduler.next);
      this.scheduler.fire();
    }
    this.cpu.advanceTo(cycle);
  }

  /** Whether a byte from the host would wake a halted guest. */
  get wakesOnSerial(): boolean {
    return (
      !this.ended && this.interruptsEnabled() && this.com1.wantsInput && this.interrupts.accepts(IRQ_COM1)
    );
  }

  /** Whether a key would wake a halted guest. */
  get wakesOnKey(): boolean {
    return !this.ended && this.interruptsEnabled() && this.interrupts.accepts(IRQ_KEYBOARD);
  }

  /** Gives COM1 a byte; false when its queue is full. */
  sendSerial(byte: number): boolean {
    return this.com1.receive(byte);
  }

  /** Holds COM1's line for longer than a character, as a terminal's break key does; false when its queue is full. */
  sendBreak(): boolean {
    return this.com1.receiveBreak();
  }

  /** Bytes given to COM1 that the chip has not taken. */
  get serialBacklog(): number {
    return this.com1.hostQueueLength;
  }

  /**
   * Presses or releases a key; false when too many wait for the guest. The last key that was pressed repeats while it is down, so
   * that a run does not end with "halted".
   */
  sendKey(key: KeyName, down: boolean): boolean {
    return this.keyboard.press(key, down);
  }

  /**
   * Types text on a keyboard of the United States. Returns how many characters found room in the queue.
   * @throws MachineError, with nothing typed, when no key types a character
   */
  typeText(text: string): number {
    const strokes = [...text].map((character) => {
      const stroke = keyStroke(character);
      if (!stroke) throw new MachineError(`no key types ${JSON.stringify(character)}`);
      return stroke;
    });
    const refused = strokes.findIndex((stroke) => !this.keyboard.type(stroke));
    return refused < 0 ? strokes.length : refused;
  }

  /** Whether a key types this character. */
  canType(character: string): boolean {
    return keyStroke(character) !== undefined;
  }

  /**
   * Moves the mouse right and down by so many counts, then holds these buttons: left 1, right 2, middle 4. False when too many
   * changes of the buttons wait for the guest.
   */
  moveMouse(right: number, down: number, buttons = 0): boolean {
    return this.mouse.move(right, -down, buttons);
  }

  /** What the display shows. */
  screen(): TextScreen {
    return this.vga.screen();
  }

  /** The display's characters as lines, without blanks at their ends. */
  screenText(): string {
    return screenText(this.vga.screen());
  }

  /** What the display shows as pixels, in text modes too. */
  picture(): Picture {
    return this.vga.picture();
  }

  /** An execution breakpoint at a linear address. */
  addBreakpoint(address: number): void {
    this.cpu.addBreakpoint(address);
  }

  removeBreakpoint(address: number): void {
    this.cpu.removeBreakpoint(address);
  }

  /** The state between two runs. What the machine was made of, and input to come, are not part of it. */
  snapshot(): MachineSnapshot {
    return {
      version: SNAPSHOT_VERSION,
      model: this.cpu.model,
      cpuFrequency: this.cpuFrequency,
      memory: this.memory.slice(),
      cpu: this.cpu.saveState(),
      devices: Object.fromEntries([...this.devices].map(([name, device]) => [name, device.save()])),
      disks: saveDisks(this.storages),
      nextSequence: this.scheduler.nextSequence,
    };
  }

  /**
   * Takes a snapshot of this machine, or of another of the same configuration, back.
   * @throws MachineError when the snapshot is of a different machine
   */
  restore(snapshot: MachineSnapshot): void {
    const names = Object.keys(snapshot.devices).join();
    const isSame =
      snapshot.version === SNAPSHOT_VERSION &&
      snapshot.model === this.cpu.model &&
      snapshot.cpuFrequency === this.cpuFrequency &&
      snapshot.memory.length === this.memoryBytes &&
      snapshot.disks.length === this.storages.length &&
      names === [...this.devices.keys()].join();
    if (!isSame) throw new MachineError("the snapshot is of a machine of another configuration");
    this.ended = this.interruption = undefined;
    this.memory.set(snapshot.memory);
    this.cpu.restoreState(snapshot.cpu);
    this.scheduler.clear();
    this.scheduler.nextSequence = snapshot.nextSequence;
    restoreDisks(this.storages, snapshot.disks);
    // The interrupt controller, first of all, comes last: the others move its inputs while they come back.
    for (const [name, device] of [...this.devices].reverse()) device.restore(snapshot.devices[name]);
  }

  /** Ends the machine for good and lets go of what it was told to call. */
  destroy(): void {
    this.ended ??= { reason: "stopped" };
    this.scheduler.clear();
    this.onReset = this.hooks.io = this.hooks.disk = this.ports.trace = undefined;
  }

  /** Byte accesses of I/O ports that no device answers at, by port. */
  get unclaimedPorts(): ReadonlyMap<number, { reads: number; writes: number }> {
    return this.ports.unclaimed;
  }

  stats(): MachineStats {
    const drives = this.ide.channels.flatMap((channel) => channel?.drives ?? []);
    const sum = (of: (drive: (typeof drives)[number]) => number) =>
      drives.reduce((n, drive) => n + of(drive), 0);
    return {
      ...this.cpu.stats(),
      portReads: this.ports.reads,
      portWrites: this.ports.writes,
      unclaimedPortReads: this.ports.unclaimedReads,
      unclaimedPortWrites: this.ports.unclaimedWrites,
      serialSent: this.com1.sentBytes,
      serialReceived: this.com1.receivedBytes,
      diskCommands: sum((drive) => drive.commands),
      diskSectorsRead: sum((drive) => drive.sectorsRead),
      diskSectorsWritten: sum((drive) => drive.sectorsWritten),
    };
  }

  private keyboardController(resets: ResetPorts): I8042 {
    const clocks = [this.scheduler.clockFor(IRQ_KEYBOARD), this.scheduler.clockFor(IRQ_MOUSE)] as const;
    return new I8042(clocks, [this.keyboard, this.mouse], {
      interrupts: [this.interrupts.line(IRQ_KEYBOARD), this.interrupts.line(IRQ_MOUSE)],
      onA20: (enabled) => resets.setKeyboardA20(enabled),
      onReset: () => this.interrupt(this.initOrReset),
    });
  }

  private attachDevices(): Map<string, Device> {
    const portB = new SystemPortB(this.pit);
    const resets = new ResetPorts(
      (enabled) => this.cpu.setA20(enabled),
      (whole) => this.interrupt(whole ? "reset" : this.initOrReset),
    );
    const attached = new Map<string, Device & { attach(bus: PortBus): void }>([
      ["pic", this.interrupts.pic],
      ["coprocessorError", this.coprocessorError],
      ["pit", this.pit],
      ["portB", portB],
      ["com1", this.com1],
      ["rtc", this.rtc],
      ["resets", resets],
      ["i8042", this.keyboardController(resets)],
      ["vga", this.vga],
    ]);
    this.ide.channels.forEach((channel, i) => channel && attached.set(i === 0 ? "ata" : "ata2", channel));
    attached.set("dma", this.dma).set("floppy", this.floppy);
    for (const device of attached.values()) device.attach(this.ports);
    this.com2.attach(this.ports, COM2_PORT);
    const devices = new Map<string, Device>([...attached, ["com2", this.com2]]);
    for (const [name, chip] of this.interrupts.apics) devices.set(name, chip);
    if (this.config.type === "isapc") this.busMemory.linearBase = LINEAR_BASE;
    else for (const [name, device] of this.pciDevices()) devices.set(name, device);
    attachDebugExit(this.ports, (status) => this.interrupt({ reason: "exit", status }));
    attachDebugConsole(this.ports, (byte) => this.config.onDebugConsole?.(byte));
    attachPostCode(this.ports);
    return devices;
  }

  private pciDevices(): [string, Device][] {
    const power = { clock: this.scheduler.clockFor(IRQ_ACPI), interrupt: this.interrupts.line(IRQ_ACPI) };
    return attachPci(this.ports, {
      memory: this.busMemory,
      memoryBytes: this.memoryBytes,
      vgaBios: this.config.vgaBios,
      ide: this.ide,
      power: { ...power, off: () => this.interrupt({ reason: "off" }) },
    });
  }

  /** Memory outside RAM: the display adapter's, the APICs', the HPET's, and what nobody drives. */
  private readBusMemory(physical: number, size: AccessSize): number {
    if (this.interrupts.isRegister(physical)) return this.interrupts.readRegister(physical, size);
    const linear = this.busMemory.linearOffset(physical);
    if (linear >= 0) return this.vga.readLinear(linear, size);
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.busMemory.readByte(physical + i) << (8 * i);
    return value >>> 0;
  }

  private writeBusMemory(physical: number, size: AccessSize, value: number): void {
    if (this.interrupts.isRegister(physical)) return this.interrupts.writeRegister(physical, size, value);
    const linear = this.busMemory.linearOffset(physical);
    if (linear >= 0) return this.vga.writeLinear(linear, size, value);
    for (let i = 0; i < size; i++) this.busMemory.writeByte(physical + i, (value >>> (8 * i)) & 0xff);
  }

  /** A reset of the processor: of it alone where the guest told the BIOS to return to it, else of all. */
  private get initOrReset(): "init" | "reset" {
    return this.config.bios && returnsFromReset(this.rtc) ? "init" : "reset";
  }

  private interrupt(why: RunResult | "reset" | "init"): void {
    this.interruption = why;
    this.cpu.stop();
  }

  /** Runs the processor to the next event or the limit; a result ends the run. */
  private runToEvent(untilCycle: number): RunResult | undefined {
    const until = Math.min(untilCycle, this.busyUntil, this.scheduler.next, Number.MAX_SAFE_INTEGER);
    return this.afterRun(this.cpu.run(until), untilCycle);
  }

  private afterRun(reason: string, untilCycle: number): RunResult | undefined {
    if (this.interruption) return this.takeInterruption();
    switch (reason) {
      case "halt":
        return this.halt(untilCycle);
      case "shutdown":
        // The chip set answers with a reset of the processor.
        if (this.initOrReset === "init") return this.initialize();
        return this.end({ reason: "shutdown", detail: this.cpu.stats().shutdownReason });
      case "breakpoint":
        return { reason: "breakpoint", address: this.cpu.registers.eip };
      default:
        return undefined;
    }
  }

  private initialize(): undefined {
    this.cpu.reset();
    this.interrupts.initialize();
  }

  private takeInterruption(): RunResult | undefined {
    const why = this.interruption;
    this.interruption = undefined;
    if (why === "init") return this.initialize();
    if (why !== "reset") return why!.reason === "exit" || why!.reason === "off" ? this.end(why!) : why;
    if (!this.config.reboot || !this.onReset) return this.end({ reason: "reset" });
    this.com1.drain();
    this.advance(this.cpu.cycles + Math.ceil(this.cpuFrequency * FIRMWARE_SECONDS));
    this.reset();
    this.onReset();
    return undefined;
  }

  /** The processor waits for an interrupt: time jumps to the next event that may bring one. */
  private halt(untilCycle: number): RunResult | undefined {
    if (!this.canWake()) {
      this.com1.drain();
      return { reason: "halted" };
    }
    const from = this.cpu.cycles;
    this.cpu.advanceTo(Math.min(this.scheduler.next, untilCycle));
    this.busyUntil += this.cpu.cycles - from;
    return undefined;
  }

  /** Whether a pending event can interrupt: while the processor is halted, nobody changes the mask. */
  private canWake(): boolean {
    return (
      this.interruptsEnabled() &&
      this.scheduler.some((irq) => irq !== undefined && this.interrupts.accepts(irq))
    );
  }

  private interruptsEnabled(): boolean {
    return (this.cpu.registers.eflags & EFLAGS_IF) !== 0;
  }

  /** The machine stops for good. What the UART holds still goes out. */
  private end(result: RunResult): RunResult {
    this.com1.drain();
    this.ended = result;
    return result;
  }
}
