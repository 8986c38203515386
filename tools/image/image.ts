// A whole disk: partition table, an ext2 partition, and perhaps one to page to.
import * as mbr from "../../abi/mbr";
import { writeExt2 } from "./ext2-writer";
import { buildTree, ImageError, type ImageFile } from "./tree";

export { ImageError, type ImageFile } from "./tree";

export interface ImageOptions {
  /** absolute path -> file; directories come into being by themselves */
  files: ReadonlyMap<string, ImageFile>;
  /** size of the whole disk; without it, as large as the content needs plus some room */
  sizeBytes?: number;
  /** of the file system: 1024, 2048 or 4096 (the default) */
  blockSize?: number;
  /** of a second partition, for paging, behind the first; its bytes are not part of what buildImage returns */
  swapBytes?: number;
}

/** The partition starts here, 1 MiB into the disk as is usual. */
export const PARTITION_FIRST_SECTOR = 2048;
const DISK_SIGNATURE = 0x33383664;
/** "beyond what cylinders, heads and sectors can say": head 254, sector 63, cylinder 1023 */
const CHS_BEYOND = [0xfe, 0xff, 0xff];

function masterBootRecord(partitionSectors: number, swapSectors: number): Uint8Array {
  const sector = Buffer.alloc(mbr.SECTOR_SIZE);
  sector.writeUInt32LE(DISK_SIGNATURE, mbr.MBR_DISK_SIGNATURE);
  putPartition(sector, 0, mbr.PARTITION_TYPE_LINUX, PARTITION_FIRST_SECTOR, partitionSectors);
  if (swapSectors !== 0) {
    const start = PARTITION_FIRST_SECTOR + partitionSectors;
    putPartition(sector, 1, mbr.PARTITION_TYPE_LINUX_SWAP, start, swapSectors);
  }
  sector.writeUInt16LE(mbr.MBR_SIGNATURE_VALUE, mbr.MBR_SIGNATURE);
  return sector;
}

function putPartition(sector: Buffer, index: number, type: number, start: number, sectors: number): void {
  const entry = sector.subarray(mbr.MBR_PARTITIONS + index * mbr.MBR_PARTITION_SIZE);
  entry.set(CHS_BEYOND, mbr.PARTITION_FIRST_CHS);
  entry[mbr.PARTITION_TYPE] = type;
  entry.set(CHS_BEYOND, mbr.PARTITION_LAST_CHS);
  entry.writeUInt32LE(start, mbr.PARTITION_START);
  entry.writeUInt32LE(sectors, mbr.PARTITION_SECTORS);
}

/**
 * Builds a disk image. Equal options give equal bytes. With `swapBytes` the disk is so much larger than the result: all
 * zeros, which a file need not store.
 * @throws ImageError for a bad path, a file in a directory's place, or content that does not fit
 */
export function buildImage(options: ImageOptions): Uint8Array {
  const start = PARTITION_FIRST_SECTOR * mbr.SECTOR_SIZE;
  const room = options.sizeBytes === undefined ? undefined : options.sizeBytes - start;
  if (room !== undefined && room <= 0)
    throw new ImageError(`an image of ${options.sizeBytes} bytes has no room`);
  const volume = writeExt2(buildTree(options.files), options.blockSize ?? 4096, room);
  const image = new Uint8Array(options.sizeBytes ?? start + volume.length);
  const swapSectors = (options.swapBytes ?? 0) / mbr.SECTOR_SIZE;
  image.set(masterBootRecord(volume.length / mbr.SECTOR_SIZE, swapSectors));
  image.set(volume, start);
  return image;
}
