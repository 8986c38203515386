// A whole disk: partition table, an ext2 partition, and perhaps one to page to.
import * as mbr from "../../abi/mbr";
import { planExt2 } from "./ext2-writer";
import { FileOutput, MemoryOutput, shifted } from "./output";
import { buildTree, fileEntries, ImageError, type Entry, type ImageFile } from "./tree";

export { ImageError, type Entry, type ImageFile } from "./tree";

export interface ImageOptions {
  /** absolute path -> file; directories come into being by themselves */
  files: ReadonlyMap<string, ImageFile>;
  /** more than files */
  extras?: readonly Entry[];
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
  const volume = planExt2(buildTree([...fileEntries(options.files), ...(options.extras ?? [])]), {
    blockSize: options.blockSize ?? 4096,
    sizeBytes: room,
  });
  const output = new MemoryOutput(new Uint8Array(options.sizeBytes ?? start + volume.sizeBytes));
  const swapSectors = (options.swapBytes ?? 0) / mbr.SECTOR_SIZE;
  output.write(0, masterBootRecord(volume.sizeBytes / mbr.SECTOR_SIZE, swapSectors));
  volume.write(shifted(output, start));
  return output.bytes;
}

export interface ImageFileOptions {
  entries: Iterable<Entry>;
  /** of the file system: 1024, 2048 or 4096 (the default) */
  blockSize?: number;
  /** the file system alone, from the file's first byte, without a partition table */
  bare?: boolean;
  /** is told how many inodes of how many have been written */
  progress?: (inodes: number, total: number) => void;
}

/**
 * Writes a disk image of one partition to a file, without ever holding it in memory. Equal options give equal bytes.
 * @returns the image's size in bytes
 * @throws ImageError as buildImage does
 */
export function writeImageFile(path: string, options: ImageFileOptions): number {
  const { entries, blockSize = 4096, bare = false, progress } = options;
  const start = bare ? 0 : PARTITION_FIRST_SECTOR * mbr.SECTOR_SIZE;
  const volume = planExt2(buildTree(entries), { blockSize, sparseSuper: true });
  const output = new FileOutput(path, start + volume.sizeBytes);
  try {
    if (!bare) output.write(0, masterBootRecord(volume.sizeBytes / mbr.SECTOR_SIZE, 0));
    volume.write(shifted(output, start), (inodes) => progress?.(inodes, volume.inodes));
  } finally {
    output.close();
  }
  return start + volume.sizeBytes;
}
