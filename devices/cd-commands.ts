// The packet commands of a CD-ROM drive and their answers (MMC-2, T10/1228D, chapter 6; SPC-2 for the general ones).

import type { Storage } from "./storage";
import { SECTOR_BYTES } from "./storage";

export const CD_SECTOR = 2048;
const FRAMES_PER_SECOND = 75;
/** The first sector is at 2 seconds. */
const LEAD_IN = 150;

/** Sense key, code, qualifier. */
export type Sense = readonly number[];
const NOT_READY: Sense = [2, 0x3a, 0];
const OUT_OF_RANGE: Sense = [5, 0x21, 0];
const INVALID_COMMAND: Sense = [5, 0x20, 0];
const INVALID_FIELD: Sense = [5, 0x24, 0];

export interface PacketResult {
  readonly name: string;
  /** The command fails. */
  readonly sense?: Sense;
  readonly data?: Uint8Array;
  /** Data are these sectors of the disc. */
  readonly sectors?: { first: number; count: number };
}

type Answer = Omit<PacketResult, "name">;
type Handler = (packet: DataView, disc: Storage | undefined, sense: Sense) => Answer;

/** Sectors of the disc. */
function length(disc: Storage): number {
  return Math.floor((disc.sectors * SECTOR_BYTES) / CD_SECTOR);
}

function bytes(count: number, fill: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(count));
  fill(view);
  return new Uint8Array(view.buffer);
}

/** An answer cut to what the host has room for. */
function cut(data: Uint8Array, room: number): Answer {
  return { data: data.subarray(0, room) };
}

function withDisc(handler: (packet: DataView, disc: Storage) => Answer): Handler {
  return (packet, disc) => (disc ? handler(packet, disc) : { sense: NOT_READY });
}

function read(disc: Storage, first: number, count: number): Answer {
  if (first + count > length(disc)) return { sense: OUT_OF_RANGE };
  return count ? { sectors: { first, count } } : {};
}

const INQUIRY_BYTES = 36;

function inquiry(): Uint8Array {
  const data = new Uint8Array(INQUIRY_BYTES);
  // A CD-ROM, removable, packets by ATAPI.
  data.set([0x05, 0x80, 0x00, 0x21, INQUIRY_BYTES - 5]);
  data.set(Buffer.from("MACH386 CD-ROM          1.0 "), 8);
  return data;
}

function requestSense(sense: Sense): Uint8Array {
  return bytes(18, (view) => {
    view.setUint8(0, 0x70);
    view.setUint8(2, sense[0]);
    view.setUint8(7, 10);
    view.setUint8(12, sense[1]);
    view.setUint8(13, sense[2]);
  });
}

/** An address as minutes, seconds and frames, or as a sector. */
function setAddress(view: DataView, at: number, sector: number, asTime: boolean): void {
  if (!asTime) return view.setUint32(at, sector);
  const frames = sector + LEAD_IN;
  view.setUint8(at + 1, Math.floor(frames / FRAMES_PER_SECOND / 60));
  view.setUint8(at + 2, Math.floor(frames / FRAMES_PER_SECOND) % 60);
  view.setUint8(at + 3, frames % FRAMES_PER_SECOND);
}

const DATA_TRACK = 0x14;
const LEAD_OUT = 0xaa;

/** One session with one track. */
function readToc(packet: DataView, disc: Storage): Answer {
  const asTime = (packet.getUint8(1) & 2) !== 0;
  const format = packet.getUint8(2) & 15 || packet.getUint8(9) >> 6;
  const first = packet.getUint8(6);
  const room = packet.getUint16(7);
  if (format === 1) {
    const session = bytes(12, (view) => {
      view.setUint16(0, 10);
      view.setUint16(2, 0x0101);
      view.setUint16(5, DATA_TRACK * 256 + 1);
      setAddress(view, 8, 0, asTime);
    });
    return cut(session, room);
  }
  if (format !== 0 || (first > 1 && first !== LEAD_OUT)) return { sense: INVALID_FIELD };
  const tracks = first === LEAD_OUT ? [LEAD_OUT] : [1, LEAD_OUT];
  const toc = bytes(4 + 8 * tracks.length, (view) => {
    view.setUint16(0, 2 + 8 * tracks.length);
    view.setUint16(2, 0x0101);
    tracks.forEach((track, i) => {
      const at = 4 + 8 * i;
      view.setUint8(at + 1, DATA_TRACK);
      view.setUint8(at + 2, track);
      setAddress(view, at + 4, track === LEAD_OUT ? length(disc) : 0, asTime);
    });
  });
  return cut(toc, room);
}

/** The page of capabilities, and that of error recovery. */
const MODE_PAGES: ReadonlyMap<number, readonly number[]> = new Map([
  [0x01, [0x01, 0x06, 0, 3, 0, 0, 0, 0]],
  [0x2a, [0x2a, 0x12, 0, 0, 0x00, 0x40, 0x29, 0, 0x0b, 0x00, 0, 0, 0, 128, 0x0b, 0x00, 0, 0, 0, 0]],
]);

function modeSense(packet: DataView, disc: Storage | undefined): Answer {
  const wanted = packet.getUint8(2) & 0x3f;
  const pages = [...MODE_PAGES].filter(([page]) => wanted === 0x3f || page === wanted);
  if (!pages.length) return { sense: INVALID_FIELD };
  const page = pages.flatMap(([, content]) => content);
  // A data disc of 120 mm, or none.
  const header = [0, 6 + page.length, disc ? 0x01 : 0x70, 0, 0, 0, 0, 0];
  return cut(Uint8Array.from([...header, ...page]), packet.getUint16(7));
}

const PROFILE_CD_ROM = 8;

function getConfiguration(packet: DataView, disc: Storage | undefined): Answer {
  const data = bytes(16, (view) => {
    view.setUint32(0, 12);
    view.setUint16(6, disc ? PROFILE_CD_ROM : 0);
    view.setUint16(8, 0);
    view.setUint8(10, 3);
    view.setUint8(11, 4);
    view.setUint16(12, PROFILE_CD_ROM);
    view.setUint8(14, disc ? 1 : 0);
  });
  return cut(data, packet.getUint16(7));
}

/** Nothing new about the medium, which is there or not. */
function getEvents(packet: DataView, disc: Storage | undefined): Answer {
  const polled = (packet.getUint8(1) & 1) !== 0;
  if (!polled) return { sense: INVALID_FIELD };
  const media = (packet.getUint8(4) & 0x10) !== 0;
  const data = media ? [0, 6, 0x04, 0x10, 0, disc ? 2 : 0, 0, 0] : [0, 2, 0x80, 0x10];
  return cut(Uint8Array.from(data), packet.getUint16(7));
}

const HANDLERS: ReadonlyMap<number, readonly [name: string, handler: Handler]> = new Map<
  number,
  readonly [string, Handler]
>([
  [0x00, ["TEST UNIT READY", withDisc(() => ({}))]],
  [0x03, ["REQUEST SENSE", (packet, _disc, sense) => cut(requestSense(sense), packet.getUint8(4))]],
  [0x12, ["INQUIRY", (packet) => cut(inquiry(), packet.getUint8(4))]],
  [0x1b, ["START STOP UNIT", () => ({})]],
  [0x1e, ["PREVENT ALLOW MEDIUM REMOVAL", () => ({})]],
  [
    0x25,
    [
      "READ CAPACITY",
      withDisc((_packet, disc) => ({
        data: bytes(8, (view) => {
          view.setUint32(0, length(disc) - 1);
          view.setUint32(4, CD_SECTOR);
        }),
      })),
    ],
  ],
  [0x28, ["READ(10)", withDisc((packet, disc) => read(disc, packet.getUint32(2), packet.getUint16(7)))]],
  [0x2b, ["SEEK", withDisc(() => ({}))]],
  [0x43, ["READ TOC", withDisc(readToc)]],
  [0x46, ["GET CONFIGURATION", getConfiguration]],
  [0x4a, ["GET EVENT STATUS NOTIFICATION", getEvents]],
  [0x5a, ["MODE SENSE(10)", modeSense]],
  [0xa8, ["READ(12)", withDisc((packet, disc) => read(disc, packet.getUint32(2), packet.getUint32(6)))]],
  [
    0xbd,
    [
      "MECHANISM STATUS",
      (packet) =>
        cut(
          bytes(8, (view) => view.setUint8(5, 0)),
          packet.getUint16(8),
        ),
    ],
  ],
]);

/** Most sectors of one command: a guest's request does not make the host's memory grow. */
const MOST_SECTORS = 16384;

/** What the drive does about a packet of 12 bytes. */
export function answerPacket(packet: Uint8Array, disc: Storage | undefined, sense: Sense): PacketResult {
  const known = HANDLERS.get(packet[0]);
  if (!known) return { name: `unknown packet 0x${packet[0].toString(16)}`, sense: INVALID_COMMAND };
  const [name, handler] = known;
  const answer = handler(new DataView(packet.buffer, packet.byteOffset), disc, sense);
  if ((answer.sectors?.count ?? 0) > MOST_SECTORS) return { name, sense: INVALID_FIELD };
  return { name, ...answer };
}
