// The BIOS's tables of the machine: ACPI (Specification 1.0b) and Intel's MultiProcessor Specification 1.4.
import { MP_POINTER, PM_BASE, RSDP, TABLES_BASE } from "../../abi/acpi";
import { HPET_BASE, HPET_CAPABILITIES } from "../../devices/hpet";
import { IO_APIC_BASE, IO_APIC_ID } from "../../devices/io-apic";
import { LOCAL_APIC_BASE } from "../../devices/local-apic";
import { IRQ_ACPI } from "../../devices/pic-pair";
import { SOFT_OFF } from "../../devices/piix4-pm";

const OEM = "MACH386 ";
const APM_PORT = 0xb2;
const ACPI_ON = 0xf1;
const ACPI_OFF = 0xf0;
const TIMER_PIN = 2;
const NMI_PIN = 1;

const byte = (...values: number[]) => values;
const word = (...values: number[]) => values.flatMap((value) => [value & 0xff, (value >> 8) & 0xff]);
const dword = (...values: number[]) =>
  values.flatMap((value) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff));
const text = (string: string) => [...Buffer.from(string, "latin1")];

/** Makes the sum of all bytes zero with the one at `at`. */
function withChecksum(bytes: number[], at: number, count = bytes.length): number[] {
  bytes[at] = 0;
  const sum = bytes.slice(0, count).reduce((total, value) => total + value, 0);
  bytes[at] = -sum & 0xff;
  return bytes;
}

/** A system description table (section 5.2.3). */
function table(signature: string, body: number[]): number[] {
  const header = [...text(signature), ...dword(36 + body.length), 1, 0];
  const names = [...text(OEM.slice(0, 6)), ...text(OEM), ...dword(1), ...text("M386"), ...dword(1)];
  return withChecksum([...header, ...names, ...body], 9);
}

// ACPI Machine Language (section 16).
const name = (segment: string, value: number[]) => [0x08, ...text(segment), ...value];

/** PkgLength counts itself. */
function sized(content: number[]): number[] {
  const short = content.length + 1;
  if (short < 0x40) return [short, ...content];
  const long = content.length + 2;
  return [0x40 | (long & 15), long >> 4, ...content];
}

const scope = (path: string, body: number[]) => [0x10, ...sized([...text(path), ...body])];
const device = (segment: string, body: number[]) => [0x5b, 0x82, ...sized([...text(segment), ...body])];
const buffer = (bytes: number[]) => [0x11, ...sized([0x0a, bytes.length, ...bytes])];

/** Address spaces of the host bridge (section 6.4.3.5): word and double word descriptors. */
const wordSpace = (type: number, flags: number, first: number, last: number) => [
  ...[0x88, ...word(13), type, 0x0c, flags],
  ...word(0, first, last, 0, last - first + 1),
];
const memorySpace = (flags: number, first: number, last: number) => [
  ...[0x87, ...word(23), 0, 0x0c, flags],
  ...dword(0, first, last, 0, last - first + 1),
];
const BUS_SPACE = 2;
const IO_SPACE = 1;
const HOST_BRIDGE_RESOURCES = [
  ...wordSpace(BUS_SPACE, 0, 0, 0xff),
  // The configuration ports, then what is before and behind them.
  ...[0x47, 1, ...word(0xcf8, 0xcf8), 1, 8],
  ...wordSpace(IO_SPACE, 3, 0, 0xcf7),
  ...wordSpace(IO_SPACE, 3, 0xd00, 0xffff),
  ...memorySpace(3, 0xa0000, 0xbffff),
  ...memorySpace(1, 0xe0000000, 0xfebfffff),
  ...[0x79, 0],
];

/** Soft off, and the PCI bus. */
const dsdt = () =>
  table("DSDT", [
    ...name("_S5_", [0x12, ...sized([4, 0x0a, SOFT_OFF, 0x0a, SOFT_OFF, 0, 0])]),
    ...scope(
      "_SB_",
      device("PCI0", [
        // EISAID("PNP0A03")
        ...name("_HID", [0x0c, 0x41, 0xd0, 0x0a, 0x03]),
        ...name("_ADR", [0]),
        ...name("_CRS", buffer(HOST_BRIDGE_RESOURCES)),
      ]),
    ),
  ]);

/** Fixed hardware (section 5.2.5). */
const fadt = (facs: number, dsdtAt: number) =>
  table("FACP", [
    ...dword(facs, dsdtAt),
    ...[1, 0, ...word(IRQ_ACPI), ...dword(APM_PORT), ACPI_ON, ACPI_OFF, 0, 0],
    // PM1a and PM1b events, PM1a and PM1b control, PM2, timer, two blocks of general events.
    ...dword(PM_BASE, 0, PM_BASE + 4, 0, 0, PM_BASE + 8, 0, 0),
    ...[4, 2, 0, 4, 0, 0, 0, 0],
    ...word(0xfff, 0xfff, 0, 0),
    // Duty cycle, alarms, the century's place in the clock's memory.
    ...[0, 0, 0, 0, 0x32, 0, 0, 0],
    // WBINVD works, C1 does, no sleep button, no fixed RTC event.
    ...dword(0x65),
  ]);

/** Interrupt controllers (section 5.2.8). */
const madt = () =>
  table("APIC", [
    ...dword(LOCAL_APIC_BASE, 1),
    ...byte(0, 8, 0, 0, ...dword(1)),
    ...byte(1, 12, IO_APIC_ID, 0, ...dword(IO_APIC_BASE, 0)),
    ...byte(2, 10, 0, 0, ...dword(TIMER_PIN), ...word(0)),
    // Level-triggered, active high.
    ...byte(2, 10, 0, IRQ_ACPI, ...dword(IRQ_ACPI), ...word(0x0d)),
    ...byte(4, 6, 0xff, ...word(0), NMI_PIN),
  ]);

/** The event timer (IA-PC HPET Specification 1.0a, section 3.2.4): in memory, number 0, any period. */
const hpet = () =>
  table("HPET", [
    ...dword(HPET_CAPABILITIES),
    ...byte(0, 64, 0, 0),
    ...dword(HPET_BASE, 0),
    0,
    ...word(1),
    0,
  ]);

/** The MP configuration table (chapter 4): the processor, the buses, the I/O APIC, its interrupts, the local pins. */
function mpTable(): number[] {
  const interrupts = Array.from({ length: 16 }, (_, irq) => irq).filter((irq) => irq !== 2);
  const entries = [
    byte(0, 0, 0x14, 3, ...dword(0, 0, 0, 0)),
    byte(1, 0, ...text("PCI   ")),
    byte(1, 1, ...text("ISA   ")),
    byte(2, IO_APIC_ID, 0x11, 1, ...dword(IO_APIC_BASE)),
    ...interrupts.map((irq) => byte(3, 0, ...word(0), 1, irq, IO_APIC_ID, irq === 0 ? TIMER_PIN : irq)),
    byte(4, 3, ...word(0), 1, 0, 0xff, 0),
    byte(4, 1, ...word(0), 1, 0, 0xff, NMI_PIN),
  ];
  const body = entries.flat();
  const header = [...text("PCMP"), ...word(44 + body.length), 4, 0, ...text(OEM), ...text("PC          ")];
  const rest = [...dword(0), ...word(0, entries.length), ...dword(LOCAL_APIC_BASE), ...word(0), 0, 0];
  return withChecksum([...header, ...rest, ...body], 7);
}

/** All tables, from TABLES_BASE on. */
export function machineTables(): Uint8Array {
  const bytes: number[] = [];
  const place = (content: number[], alignment = 16): number => {
    while (bytes.length % alignment) bytes.push(0);
    bytes.push(...content);
    return TABLES_BASE + bytes.length - content.length;
  };
  // Room for the two pointers.
  place(new Array<number>(MP_POINTER - TABLES_BASE + 16).fill(0));
  const facs = place([...text("FACS"), ...dword(64), ...new Array<number>(56).fill(0)], 64);
  const fadtAt = place(fadt(facs, place(dsdt())));
  const rsdt = place(table("RSDT", dword(fadtAt, place(madt()), place(hpet()))));
  const mp = place(mpTable());
  const rsdp = [...text("RSD PTR "), 0, ...text(OEM.slice(0, 6)), 0, ...dword(rsdt)];
  const pointer = [...text("_MP_"), ...dword(mp), 1, 4, 0, 0, 0, 0, 0, 0];
  const result = Uint8Array.from(bytes);
  result.set(withChecksum(rsdp, 8), RSDP - TABLES_BASE);
  result.set(withChecksum(pointer, 10), MP_POINTER - TABLES_BASE);
  return result;
}
