// The IDE controllers of a PC: two channels with the disks and the CD-ROM drive, and their bus masters.

import { AtaChannel, PRIMARY_ATA, SECONDARY_ATA } from "../devices/ata-channel";
import type { AtaDevice } from "../devices/ata-device";
import { AtaDrive } from "../devices/ata-drive";
import { AtapiDrive } from "../devices/atapi-drive";
import type { InterruptLine } from "../devices/bus";
import type { Clock } from "../devices/clock";
import { IdeBusMaster, type PhysicalMemory } from "../devices/ide-bus-master";
import type { BusMasterPorts } from "../devices/piix3";
import type { Storage } from "../devices/storage";
import { MachineError } from "./config";

interface IdeMedia {
  readonly disks: readonly Storage[];
  /** A disc; null for a drive without one, undefined for no drive. */
  readonly cdrom?: Storage | null;
}

interface ChannelWires {
  readonly clock: Clock;
  readonly interrupt: InterruptLine;
}

export interface Ide {
  /** Primary and secondary, where there are drives. */
  readonly channels: readonly (AtaChannel | undefined)[];
  readonly masters: readonly IdeBusMaster[];
  readonly busMasterPorts: BusMasterPorts;
}

/** What sits where: disks are the primary channel's first; a CD-ROM drive is the secondary's master. */
const CD = "cd";
type Occupant = { disk: Storage; index: number } | typeof CD;

/** @throws MachineError when there is no room for all */
function occupants({ disks, cdrom }: IdeMedia): [Occupant[], Occupant[]] {
  const all: Occupant[] = disks.map((disk, index) => ({ disk, index }));
  const secondary = [...(cdrom !== undefined ? [CD as Occupant] : []), ...all.slice(2)];
  if (secondary.length > 2) {
    const room = cdrom === undefined ? "four" : "three, beside the CD-ROM drive";
    throw new MachineError(`${disks.length} disks: there is room for ${room}`);
  }
  return [all.slice(0, 2), secondary];
}

export function makeIde(
  media: IdeMedia,
  memory: PhysicalMemory,
  wires: readonly [ChannelWires, ChannelWires],
  onCommand: (line: string) => void,
): Ide {
  const places = [PRIMARY_ATA, SECONDARY_ATA];
  const channels: (AtaChannel | undefined)[] = [];
  const masters = places.map((_, i) => new IdeBusMaster(memory, () => channels[i]?.dmaStarted()));
  occupants(media).forEach((drives, i) => {
    const { clock, interrupt } = wires[i];
    const make = (occupant: Occupant, at: number, onInterrupt: () => void): AtaDevice =>
      occupant === CD
        ? new AtapiDrive("cd", clock, media.cdrom ?? undefined, onInterrupt, onCommand, masters[i])
        : new AtaDrive(occupant.index, at, clock, occupant.disk, onInterrupt, onCommand, masters[i]);
    const makeDrives = (onInterrupt: () => void) => drives.map((one, at) => make(one, at, onInterrupt));
    channels[i] = drives.length ? new AtaChannel(interrupt, makeDrives, places[i], masters[i]) : undefined;
  });
  return {
    channels,
    masters,
    busMasterPorts: {
      read: (offset, size) => masters[offset >> 3].read(offset & 7, size),
      write: (offset, size, value) => masters[offset >> 3].write(offset & 7, size, value),
    },
  };
}
