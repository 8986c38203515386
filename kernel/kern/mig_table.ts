// The routines that the kernel serves, by message id: an index into the program's table of functions, and the most bytes of
// the reply.
//
//   | function 31..16 | reply size 15..0 |

const FIRST_ID: u32 = 2000;
const LAST_ID: u32 = 4699;
const routines: usize = memory.data(10800);

/** A routine checks a request at `m`, does what it asks for and fills the reply at `r`, whose header and return code are prepared. */
export type MigRoutine = (m: usize, r: usize) => i32;

/** Enters a routine; once for each id, at boot. */
export function mig_define(id: i32, routine: MigRoutine, reply_size: u32): void {
  store<u32>(routines + ((<u32>id - FIRST_ID) << 2), (routine.index << 16) | reply_size);
}

/** The routine of `id` for the two functions below; 0 if there is none. */
export function mig_lookup(id: i32): u32 {
  const index = <u32>id - FIRST_ID;
  return index <= LAST_ID - FIRST_ID ? load<u32>(routines + (index << 2)) : 0;
}

/** Bytes that the reply may need. */
export function mig_reply_size(routine: u32): u32 {
  return routine & 0xffff;
}

export function mig_call(routine: u32, request: usize, reply: usize): i32 {
  return call_indirect<i32>(routine >> 16, request, reply);
}
