// What a PC with PCI has on that bus: the chip set's functions, the display's, and what firmware asks for.

import type { Device, InterruptLine, PortBus } from "../devices/bus";
import type { Clock } from "../devices/clock";
import { FwCfg } from "../devices/fw-cfg";
import { I82441fx } from "../devices/i82441fx";
import { PciBus } from "../devices/pci";
import { PciDisplay } from "../devices/pci-display";
import { BUS_MASTER_PORTS, MovablePorts, Piix3Ide, Piix3Isa } from "../devices/piix3";
import { PM_PORTS, Piix4Pm } from "../devices/piix4-pm";
import type { BusMemory } from "./bus-memory";
import type { Ide } from "./ide";

interface PciWires {
  readonly memory: BusMemory;
  readonly memoryBytes: number;
  readonly vgaBios: Uint8Array | undefined;
  readonly ide: Ide;
  readonly power: PowerWires;
}

interface PowerWires {
  readonly clock: Clock;
  readonly interrupt: InterruptLine;
  /** The guest switches the machine off. */
  readonly off: () => void;
}

/** Attaches the bus and its functions; the devices by name. */
export function attachPci(ports: PortBus, wires: PciWires): [string, Device][] {
  const { memory, ide } = wires;
  const pci = new PciBus();
  pci.attach(ports);
  const display = new PciDisplay((base) => (memory.linearBase = base));
  const host = new I82441fx((...area) => memory.shadow(...area));
  const isa = new Piix3Isa();
  const place = new MovablePorts(ports, BUS_MASTER_PORTS, ide.busMasterPorts);
  const ideFunction = new Piix3Ide((base) => place.move(base));
  const power = powerManagement(ports, wires.power);
  pci.add(0, 0, host);
  pci.add(1, 0, isa);
  pci.add(1, 1, ideFunction);
  pci.add(1, 3, power);
  pci.add(2, 0, display);
  const files = new Map<string, Uint8Array>();
  if (wires.vgaBios) files.set("vgaroms/vgabios.bin", wires.vgaBios);
  const configuration = new FwCfg(wires.memoryBytes, files);
  configuration.attach(ports);
  return [
    ["82371AB PM", power],
    ["display", display],
    ["pci", pci],
    ["82441FX", host],
    ["82371SB", isa],
    ["82371SB IDE", ideFunction],
    ...ide.masters.map((master, i): [string, Device] => [`bus master ${i}`, master]),
    ["fw_cfg", configuration],
  ];
}

function powerManagement(ports: PortBus, { clock, interrupt, off }: PowerWires): Piix4Pm {
  const place = new MovablePorts(ports, PM_PORTS, {
    read: (offset, size) => power.readPort(offset, size),
    write: (offset, size, value) => power.writePort(offset, size, value),
  });
  const power = new Piix4Pm(clock, interrupt, (base) => place.move(base), off);
  power.attach(ports);
  return power;
}
