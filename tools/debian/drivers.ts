// The modules of Debian's Linux kernel for the IDE channels of our PC.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { judgeFile } from "./judges";

/** Drivers of the PIIX's IDE channels, of disks and CDs, in the order in which they need each other. */
const DISK_DRIVERS: readonly string[] = [
  ...[
    "crypto/crct10dif_common",
    "lib/crc-t10dif",
    "crypto/crct10dif_generic",
    "lib/crc64",
    "lib/crc64-rocksoft",
  ],
  ...["block/t10-pi", "drivers/scsi/scsi_common", "drivers/scsi/scsi_mod", "drivers/ata/libata"],
  ...["drivers/ata/ata_piix", "drivers/scsi/sd_mod", "drivers/cdrom/cdrom", "drivers/scsi/sr_mod"],
];

/** Mounts what programs expect. */
export const MOUNTS = "mount -t proc proc /proc\nmount -t sysfs sysfs /sys\nmount -t devtmpfs dev /dev\n";
/** Loads `diskDrivers`. */
export const INSERT_DRIVERS = DISK_DRIVERS.map((driver) => `insmod /${basename(driver)}.ko\n`).join("");

/** The kernel's modules for disks and CDs, for the root of a RAM disk. The package must have been fetched. */
export function diskDrivers(): Map<string, Uint8Array> {
  const version = judgeFile("linux-image-686", "lib/modules/6*")!;
  const read = (driver: string) => readFileSync(join(version, "kernel", `${driver}.ko`));
  return new Map(DISK_DRIVERS.map((driver) => [`${basename(driver)}.ko`, read(driver)]));
}
