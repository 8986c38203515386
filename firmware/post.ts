// The power-on self test: chips, interrupt table, data area, devices.
import { inb, outb } from "../guest/i386";
import { acpi_init } from "./acpi";
import { clock_init } from "./clock";
import { memory_bytes } from "./cmos";
import * as area from "./data-area";
import { disk_init } from "./disk";
import { floppy_type } from "./floppy";
import { keyboard_init } from "./keyboard";
import { BIOS_SEGMENT_BASE, BOOT_BASE, ENTRY_BYTES } from "../abi/bios";
import { pci_init } from "./pci";
import { video_init } from "./video";
import { print, print_number } from "./video-text";

const MIB: u32 = 0x100000;
const CONVENTIONAL_KIB: u32 = 639;
const DISPLAY_80_COLUMNS: u32 = 0x20;
const COPROCESSOR: u32 = 0x02;
const MOUSE: u32 = 0x04;
const FLOPPY: u32 = 0x01;
const SECOND_FLOPPY: u32 = 0x40;
const INTERRUPT_TABLE_VECTORS: u32 = 0x78;
/** Vectors that name tables, not code: video parameters, diskette, graphics characters, disks. */
const TABLES: usize = memory.data<u8>([0x1d, 0x1e, 0x1f, 0x41, 0x43, 0x46]);

/** Step rate, motor, sector size, sectors, gaps, fill byte, settle and start times: of a 1.44 MB drive. */
const diskette_parameters: usize = memory.data<u8>([0xaf, 2, 0x25, 2, 18, 0x1b, 0xff, 0x6c, 0xf6, 15, 8]);

/** Writes to ports, in order: port, byte. */
const port_writes: usize = memory.data<u16>([
  // 8259A pair: edge-triggered, vectors 08h and 70h; timer, keyboard, cascade and disks open.
  0x20, 0x11, 0x21, 0x08, 0x21, 0x04, 0x21, 0x01, 0xa0, 0x11, 0xa1, 0x70, 0xa1, 0x02, 0xa1, 0x01, 0x21, 0xb8,
  0xa1, 0x8f,
  // 8254: counter 0 18.2 times a second, counter 1 for the refresh.
  0x43, 0x36, 0x40, 0x00, 0x40, 0x00, 0x43, 0x54, 0x41, 0x12,
]);
const PORT_WRITES: usize = 15;
const SYSTEM_CONTROL_A: u32 = 0x92;
const A20: u32 = 0x02;

function program_chips(): void {
  for (let i: usize = 0; i < PORT_WRITES; i++) {
    outb(load<u16>(port_writes + (i << 2)), load<u16>(port_writes + (i << 2), 2));
  }
  outb(SYSTEM_CONTROL_A, inb(SYSTEM_CONTROL_A) | A20);
}

/** Every vector leads to its entry; those that no BIOS has are empty. */
function fill_table(): void {
  for (let vector: u32 = 0; vector < 256; vector++) {
    const used = vector < INTERRUPT_TABLE_VECTORS;
    store<u32>(
      (<usize>vector) << 2,
      used ? (BIOS_SEGMENT_BASE << 12) | (BOOT_BASE - BIOS_SEGMENT_BASE + vector * ENTRY_BYTES) : 0,
    );
  }
  for (let i: usize = 0; i < 6; i++) store<u32>((<usize>load<u8>(TABLES + i)) << 2, 0);
  store<u32>(0x1e << 2, (BIOS_SEGMENT_BASE << 12) | (<u32>diskette_parameters - BIOS_SEGMENT_BASE));
}

function fill_data_area(): void {
  memory.fill(0x400, 0, 0x100);
  store<u16>(area.MEMORY_KIB, <u16>CONVENTIONAL_KIB);
  store<u16>(area.EXTENDED_AREA, 0x9fc0);
  memory.fill(0x9fc00, 0, 0x400);
  store<u8>(0x9fc00, 1);
  let lines: u32 = 0;
  for (let i: usize = 0; i < 2; i++) {
    const port: u32 = i == 0 ? 0x3f8 : 0x2f8;
    outb(port + 7, 0x5a);
    if (inb(port + 7) != 0x5a) continue;
    store<u16>(area.COM_PORTS + ((<usize>lines) << 1), <u16>port);
    lines++;
  }
  const floppy = (floppy_type(0) ? FLOPPY : 0) | (floppy_type(1) ? SECOND_FLOPPY : 0);
  store<u16>(area.EQUIPMENT, <u16>(DISPLAY_80_COLUMNS | COPROCESSOR | MOUSE | (lines << 9) | floppy));
}

export function power_on(): void {
  program_chips();
  fill_table();
  fill_data_area();
  clock_init();
  pci_init();
  acpi_init();
  video_init();
  keyboard_init();
  print("mach386 BIOS, ");
  print_number(memory_bytes() / MIB);
  print(" MiB of memory\r\n");
  disk_init();
}
