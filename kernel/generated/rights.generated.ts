// The transitions of port rights. Made by tools/rights from its table.ts: change that, then run `node tools/run.mjs tools/rights/main.ts`.

export const RIGHT_MOVE_RECEIVE: u32 = 0;
export const RIGHT_MOVE_SEND: u32 = 1;
export const RIGHT_MOVE_SEND_ONCE: u32 = 2;
export const RIGHT_COPY_SEND: u32 = 3;
export const RIGHT_MAKE_SEND: u32 = 4;
export const RIGHT_MAKE_SEND_ONCE: u32 = 5;
export const RIGHT_DESTROY: u32 = 6;
export const RIGHT_DEALLOCATE: u32 = 7;
export const RIGHT_MOD_REFS_SEND: u32 = 8;
export const RIGHT_MOD_REFS_RECEIVE: u32 = 9;
export const RIGHT_MOD_REFS_SEND_ONCE: u32 = 10;
export const RIGHT_MOD_REFS_PORT_SET: u32 = 11;
export const RIGHT_MOD_REFS_DEAD_NAME: u32 = 12;
export const RIGHT_COPYOUT_RECEIVE: u32 = 13;
export const RIGHT_COPYOUT_SEND: u32 = 14;
export const RIGHT_COPYOUT_SEND_ONCE: u32 = 15;
export const RIGHT_PORT_DEATH: u32 = 16;

// A row: what is done to the entry, and to the port behind it. 0: the operation cannot be done to such a right.
export const ROW_ALLOWED: u32 = 0x1;
export const ROW_SRIGHT: u32 = 0x2;
export const ROW_SORIGHT: u32 = 0x4;
export const ROW_MSCOUNT: u32 = 0x8;
export const ROW_REFERENCE: u32 = 0x10;
export const ROW_UREF: u32 = 0x20;
export const ROW_TYPE: u32 = 0x40;
export const ROW_SRIGHT_LOST: u32 = 0x1000;
export const ROW_RELEASE: u32 = 0x2000;
export const ROW_OUT: u32 = 0x4000;
export const ROW_ENDS: u32 = 0x8000;
/** Where a row with ROW_TYPE has the entry's next type, in units of 1 << 16. */
export const ROW_TYPE_SHIFT: u32 = 7;

// By operation, references (last, more) and type.
const ROWS: usize = memory.data<u16>([
  0, 0, 16449, 16593, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16449, 16593, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // move receive
  0, 65, 0, 337, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 51, 0, 51, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 33, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // move send
  0, 0, 0, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 33, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // move send-once
  0, 19, 0, 19, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 19, 0, 19, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // copy send
  0, 0, 27, 27, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 27, 27, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // make send
  0, 0, 21, 21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 21, 21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // make send-once
  0, 12353, 32833, 36929, 32833, 0, 0, 0, 32833, 0, 0, 0, 0, 0, 0, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12353, 32833, 36929, 32833, 0, 0, 0, 32833, 0, 0, 0, 0, 0, 0, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // destroy
  0, 12353, 0, 4417, 32833, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 33, 0, 33, 32833, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 33, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // deallocate
  0, 12353, 0, 4417, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 33, 0, 33, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // mod_refs send -1
  0, 0, 32833, 34881, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32833, 34881, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // mod_refs receive -1
  0, 0, 0, 0, 32833, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32833, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1
  0, 0, 0, 0, 0, 0, 0, 0, 32833, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32833, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 33, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1
  321, 8641, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 321, 8641, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // copyout receive
  193, 12321, 8641, 12321, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 193, 12321, 8641, 12321, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // copyout send
  577, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 577, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // copyout send-once
  0, 10305, 0, 0, 10305, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10305, 0, 0, 10305, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // port death
]);

/** The row of `operation` for an entry of these bits. `last`: its user references run out. */
export function right_row(operation: u32, type: u32, last: bool): u32 {
  return load<u16>(ROWS + ((operation << 7) | (last ? 0 : 64) | ((type >> 15) & 62)));
}
