// Ports of emulators and of test hardware: the debug-exit device at 0xF4 (a guest ends its run with a status), the
// debug console at 0xE9 (prints a byte; reads as 0xE9 to be recognised), the POST code at 0x80.

import { DEBUG_EXIT_PORT } from "../abi/debug_exit";
import { type ByteSink, type PortBus, OPEN_BUS } from "./bus";

const DEBUG_EXIT_PORTS = 4;
export const DEBUG_CONSOLE_PORT = 0xe9;
export const POST_CODE_PORT = 0x80;

/** A write of any size to 0xF4 ends the run; the value is its status. */
export function attachDebugExit(bus: PortBus, onExit: (status: number) => void): void {
  bus.attach(DEBUG_EXIT_PORT, DEBUG_EXIT_PORTS, {
    readByte: () => 0,
    writeByte: (_port, value) => onExit(value),
    writeWide: (_port, _size, value) => {
      onExit(value);
      return true;
    },
  });
}

export function attachDebugConsole(bus: PortBus, print: ByteSink): void {
  bus.attach(DEBUG_CONSOLE_PORT, 1, {
    readByte: () => DEBUG_CONSOLE_PORT,
    writeByte: (_port, value) => print(value),
  });
}

/** Shows a number to people; guests also write to it to pass about a microsecond. */
export function attachPostCode(bus: PortBus): void {
  bus.attach(POST_CODE_PORT, 1, { readByte: () => OPEN_BUS, writeByte: () => {} });
}
