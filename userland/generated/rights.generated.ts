// Every transition of port rights, as cases for a program. Made by tools/rights from its table.ts: change that, then run `node tools/run.mjs tools/rights/main.ts`.

export const OPERATION_MOVE_RECEIVE: u32 = 0;
export const OPERATION_MOVE_SEND: u32 = 1;
export const OPERATION_MOVE_SEND_ONCE: u32 = 2;
export const OPERATION_COPY_SEND: u32 = 3;
export const OPERATION_MAKE_SEND: u32 = 4;
export const OPERATION_MAKE_SEND_ONCE: u32 = 5;
export const OPERATION_DESTROY: u32 = 6;
export const OPERATION_DEALLOCATE: u32 = 7;
export const OPERATION_MOD_REFS_SEND_LESS: u32 = 8;
export const OPERATION_MOD_REFS_RECEIVE_LESS: u32 = 9;
export const OPERATION_MOD_REFS_SEND_ONCE_LESS: u32 = 10;
export const OPERATION_MOD_REFS_PORT_SET_LESS: u32 = 11;
export const OPERATION_MOD_REFS_DEAD_NAME_LESS: u32 = 12;
export const OPERATION_MOD_REFS_SEND_MORE: u32 = 13;
export const OPERATION_MOD_REFS_RECEIVE_MORE: u32 = 14;
export const OPERATION_MOD_REFS_SEND_ONCE_MORE: u32 = 15;
export const OPERATION_MOD_REFS_PORT_SET_MORE: u32 = 16;
export const OPERATION_MOD_REFS_DEAD_NAME_MORE: u32 = 17;
export const OPERATION_COPYOUT_RECEIVE: u32 = 18;
export const OPERATION_COPYOUT_SEND: u32 = 19;
export const OPERATION_COPYOUT_SEND_ONCE: u32 = 20;
export const OPERATION_PORT_DEATH: u32 = 21;
export const OPERATION_REQUEST_DEAD_NAME: u32 = 22;
export const OPERATION_COUNT: u32 = 23;
/** Names of the operations, 32 bytes each. */
export const OPERATION_NAMES: usize = memory.data<u8>([
  109, 111, 118, 101, 32, 114, 101, 99, 101, 105, 118, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // move receive
  109, 111, 118, 101, 32, 115, 101, 110, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // move send
  109, 111, 118, 101, 32, 115, 101, 110, 100, 45, 111, 110, 99, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // move send-once
  99, 111, 112, 121, 32, 115, 101, 110, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // copy send
  109, 97, 107, 101, 32, 115, 101, 110, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // make send
  109, 97, 107, 101, 32, 115, 101, 110, 100, 45, 111, 110, 99, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // make send-once
  100, 101, 115, 116, 114, 111, 121, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // destroy
  100, 101, 97, 108, 108, 111, 99, 97, 116, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // deallocate
  109, 111, 100, 95, 114, 101, 102, 115, 32, 115, 101, 110, 100, 32, 45, 49, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // mod_refs send -1
  109, 111, 100, 95, 114, 101, 102, 115, 32, 114, 101, 99, 101, 105, 118, 101, 32, 45, 49, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // mod_refs receive -1
  109, 111, 100, 95, 114, 101, 102, 115, 32, 115, 101, 110, 100, 45, 111, 110, 99, 101, 32, 45, 49, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1
  109, 111, 100, 95, 114, 101, 102, 115, 32, 112, 111, 114, 116, 45, 115, 101, 116, 32, 45, 49, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1
  109, 111, 100, 95, 114, 101, 102, 115, 32, 100, 101, 97, 100, 45, 110, 97, 109, 101, 32, 45, 49, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1
  109, 111, 100, 95, 114, 101, 102, 115, 32, 115, 101, 110, 100, 32, 43, 49, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // mod_refs send +1
  109, 111, 100, 95, 114, 101, 102, 115, 32, 114, 101, 99, 101, 105, 118, 101, 32, 43, 49, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // mod_refs receive +1
  109, 111, 100, 95, 114, 101, 102, 115, 32, 115, 101, 110, 100, 45, 111, 110, 99, 101, 32, 43, 49, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1
  109, 111, 100, 95, 114, 101, 102, 115, 32, 112, 111, 114, 116, 45, 115, 101, 116, 32, 43, 49, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1
  109, 111, 100, 95, 114, 101, 102, 115, 32, 100, 101, 97, 100, 45, 110, 97, 109, 101, 32, 43, 49, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1
  99, 111, 112, 121, 111, 117, 116, 32, 114, 101, 99, 101, 105, 118, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // copyout receive
  99, 111, 112, 121, 111, 117, 116, 32, 115, 101, 110, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // copyout send
  99, 111, 112, 121, 111, 117, 116, 32, 115, 101, 110, 100, 45, 111, 110, 99, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // copyout send-once
  112, 111, 114, 116, 32, 100, 101, 97, 116, 104, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // port death
  114, 101, 113, 117, 101, 115, 116, 32, 100, 101, 97, 100, 45, 110, 97, 109, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // request dead-name
]);

// Offsets in a case, all words.
export const CASE_OPERATION: usize = 0;
export const CASE_TYPE: usize = 4;
export const CASE_REFERENCES: usize = 8;
export const CASE_REQUESTED: usize = 12;
export const CASE_CODE: usize = 16;
export const CASE_TYPE_AFTER: usize = 20;
export const CASE_REFERENCES_AFTER: usize = 24;
export const CASE_SRIGHTS: usize = 28;
export const CASE_SORIGHTS: usize = 32;
export const CASE_MSCOUNT: usize = 36;
export const CASE_REQUEST_NOTIFIED: usize = 40;
export const CASE_SENDERS_NOTIFIED: usize = 44;
export const CASE_PORT_NOTIFIED: usize = 48;
export const CASE_SIZE: usize = 52;
export const CASE_COUNT: u32 = 451;
export const CASES: usize = memory.data<i32>([
  0, 65536, 1, 0, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // move receive: send 1
  0, 65536, 1, 1, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // move receive: send 1, requested
  0, 65536, 3, 0, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // move receive: send 3
  0, 65536, 3, 1, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // move receive: send 3, requested
  0, 65536, 65534, 0, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // move receive: send 65534
  0, 65536, 65534, 1, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // move receive: send 65534, requested
  0, 131072, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // move receive: receive
  0, 131072, 0, 1, 0, 0, 0, 0, 0, 0, 65, 0, 0, // move receive: receive, requested
  0, 196608, 1, 0, 0, 65536, 1, 0, 0, 0, 0, 0, 0, // move receive: send receive 1
  0, 196608, 1, 1, 0, 65536, 1, 0, 0, 0, 0, 0, 0, // move receive: send receive 1, requested
  0, 196608, 3, 0, 0, 65536, 3, 0, 0, 0, 0, 0, 0, // move receive: send receive 3
  0, 196608, 3, 1, 0, 65536, 3, 0, 0, 0, 0, 0, 0, // move receive: send receive 3, requested
  0, 196608, 65534, 0, 0, 65536, 65534, 0, 0, 0, 0, 0, 0, // move receive: send receive 65534
  0, 196608, 65534, 1, 0, 65536, 65534, 0, 0, 0, 0, 0, 0, // move receive: send receive 65534, requested
  0, 262144, 0, 0, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // move receive: send-once
  0, 262144, 0, 1, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // move receive: send-once, requested
  0, 524288, 0, 0, 17, 524288, 0, 0, 0, 0, 0, 0, 0, // move receive: port set
  0, 1048576, 1, 0, 17, 1048576, 1, 0, 0, 0, 0, 0, 0, // move receive: dead name 1
  0, 1048576, 3, 0, 17, 1048576, 3, 0, 0, 0, 0, 0, 0, // move receive: dead name 3
  0, 1048576, 65535, 0, 17, 1048576, 65535, 0, 0, 0, 0, 0, 0, // move receive: dead name 65535
  1, 65536, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // move send: send 1
  1, 65536, 1, 1, 0, 0, 0, 0, 0, 0, 65, 0, 0, // move send: send 1, requested
  1, 65536, 3, 0, 0, 65536, 2, 1, 0, 0, 0, 0, 0, // move send: send 3
  1, 65536, 3, 1, 0, 65536, 2, 1, 0, 0, 0, 0, 0, // move send: send 3, requested
  1, 65536, 65534, 0, 0, 65536, 65533, 1, 0, 0, 0, 0, 0, // move send: send 65534
  1, 65536, 65534, 1, 0, 65536, 65533, 1, 0, 0, 0, 0, 0, // move send: send 65534, requested
  1, 131072, 0, 0, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // move send: receive
  1, 131072, 0, 1, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // move send: receive, requested
  1, 196608, 1, 0, 0, 131072, 0, 0, 0, 0, 0, 0, 0, // move send: send receive 1
  1, 196608, 1, 1, 0, 131072, 0, 0, 0, 0, 0, 0, 0, // move send: send receive 1, requested
  1, 196608, 3, 0, 0, 196608, 2, 1, 0, 0, 0, 0, 0, // move send: send receive 3
  1, 196608, 3, 1, 0, 196608, 2, 1, 0, 0, 0, 0, 0, // move send: send receive 3, requested
  1, 196608, 65534, 0, 0, 196608, 65533, 1, 0, 0, 0, 0, 0, // move send: send receive 65534
  1, 196608, 65534, 1, 0, 196608, 65533, 1, 0, 0, 0, 0, 0, // move send: send receive 65534, requested
  1, 262144, 0, 0, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // move send: send-once
  1, 262144, 0, 1, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // move send: send-once, requested
  1, 524288, 0, 0, 17, 524288, 0, 0, 0, 0, 0, 0, 0, // move send: port set
  1, 1048576, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // move send: dead name 1
  1, 1048576, 3, 0, 0, 1048576, 2, 0, 0, 0, 0, 0, 0, // move send: dead name 3
  1, 1048576, 65535, 0, 0, 1048576, 65534, 0, 0, 0, 0, 0, 0, // move send: dead name 65535
  2, 65536, 1, 0, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // move send-once: send 1
  2, 65536, 1, 1, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // move send-once: send 1, requested
  2, 65536, 3, 0, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // move send-once: send 3
  2, 65536, 3, 1, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // move send-once: send 3, requested
  2, 65536, 65534, 0, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // move send-once: send 65534
  2, 65536, 65534, 1, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // move send-once: send 65534, requested
  2, 131072, 0, 0, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // move send-once: receive
  2, 131072, 0, 1, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // move send-once: receive, requested
  2, 196608, 1, 0, 17, 196608, 1, 0, 0, 0, 0, 0, 0, // move send-once: send receive 1
  2, 196608, 1, 1, 17, 196608, 1, 0, 0, 0, 0, 0, 0, // move send-once: send receive 1, requested
  2, 196608, 3, 0, 17, 196608, 3, 0, 0, 0, 0, 0, 0, // move send-once: send receive 3
  2, 196608, 3, 1, 17, 196608, 3, 0, 0, 0, 0, 0, 0, // move send-once: send receive 3, requested
  2, 196608, 65534, 0, 17, 196608, 65534, 0, 0, 0, 0, 0, 0, // move send-once: send receive 65534
  2, 196608, 65534, 1, 17, 196608, 65534, 0, 0, 0, 0, 0, 0, // move send-once: send receive 65534, requested
  2, 262144, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // move send-once: send-once
  2, 262144, 0, 1, 0, 0, 0, 0, 0, 0, 65, 0, 0, // move send-once: send-once, requested
  2, 524288, 0, 0, 17, 524288, 0, 0, 0, 0, 0, 0, 0, // move send-once: port set
  2, 1048576, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // move send-once: dead name 1
  2, 1048576, 3, 0, 0, 1048576, 2, 0, 0, 0, 0, 0, 0, // move send-once: dead name 3
  2, 1048576, 65535, 0, 0, 1048576, 65534, 0, 0, 0, 0, 0, 0, // move send-once: dead name 65535
  3, 65536, 1, 0, 0, 65536, 1, 1, 0, 0, 0, 0, 0, // copy send: send 1
  3, 65536, 1, 1, 0, 65536, 1, 1, 0, 0, 0, 0, 0, // copy send: send 1, requested
  3, 65536, 3, 0, 0, 65536, 3, 1, 0, 0, 0, 0, 0, // copy send: send 3
  3, 65536, 3, 1, 0, 65536, 3, 1, 0, 0, 0, 0, 0, // copy send: send 3, requested
  3, 65536, 65534, 0, 0, 65536, 65534, 1, 0, 0, 0, 0, 0, // copy send: send 65534
  3, 65536, 65534, 1, 0, 65536, 65534, 1, 0, 0, 0, 0, 0, // copy send: send 65534, requested
  3, 131072, 0, 0, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // copy send: receive
  3, 131072, 0, 1, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // copy send: receive, requested
  3, 196608, 1, 0, 0, 196608, 1, 1, 0, 0, 0, 0, 0, // copy send: send receive 1
  3, 196608, 1, 1, 0, 196608, 1, 1, 0, 0, 0, 0, 0, // copy send: send receive 1, requested
  3, 196608, 3, 0, 0, 196608, 3, 1, 0, 0, 0, 0, 0, // copy send: send receive 3
  3, 196608, 3, 1, 0, 196608, 3, 1, 0, 0, 0, 0, 0, // copy send: send receive 3, requested
  3, 196608, 65534, 0, 0, 196608, 65534, 1, 0, 0, 0, 0, 0, // copy send: send receive 65534
  3, 196608, 65534, 1, 0, 196608, 65534, 1, 0, 0, 0, 0, 0, // copy send: send receive 65534, requested
  3, 262144, 0, 0, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // copy send: send-once
  3, 262144, 0, 1, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // copy send: send-once, requested
  3, 524288, 0, 0, 17, 524288, 0, 0, 0, 0, 0, 0, 0, // copy send: port set
  3, 1048576, 1, 0, 0, 1048576, 1, 0, 0, 0, 0, 0, 0, // copy send: dead name 1
  3, 1048576, 3, 0, 0, 1048576, 3, 0, 0, 0, 0, 0, 0, // copy send: dead name 3
  3, 1048576, 65535, 0, 0, 1048576, 65535, 0, 0, 0, 0, 0, 0, // copy send: dead name 65535
  4, 65536, 1, 0, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // make send: send 1
  4, 65536, 1, 1, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // make send: send 1, requested
  4, 65536, 3, 0, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // make send: send 3
  4, 65536, 3, 1, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // make send: send 3, requested
  4, 65536, 65534, 0, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // make send: send 65534
  4, 65536, 65534, 1, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // make send: send 65534, requested
  4, 131072, 0, 0, 0, 131072, 0, 1, 0, 1, 0, 0, 0, // make send: receive
  4, 131072, 0, 1, 0, 131072, 0, 1, 0, 1, 0, 0, 0, // make send: receive, requested
  4, 196608, 1, 0, 0, 196608, 1, 1, 0, 1, 0, 0, 0, // make send: send receive 1
  4, 196608, 1, 1, 0, 196608, 1, 1, 0, 1, 0, 0, 0, // make send: send receive 1, requested
  4, 196608, 3, 0, 0, 196608, 3, 1, 0, 1, 0, 0, 0, // make send: send receive 3
  4, 196608, 3, 1, 0, 196608, 3, 1, 0, 1, 0, 0, 0, // make send: send receive 3, requested
  4, 196608, 65534, 0, 0, 196608, 65534, 1, 0, 1, 0, 0, 0, // make send: send receive 65534
  4, 196608, 65534, 1, 0, 196608, 65534, 1, 0, 1, 0, 0, 0, // make send: send receive 65534, requested
  4, 262144, 0, 0, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // make send: send-once
  4, 262144, 0, 1, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // make send: send-once, requested
  4, 524288, 0, 0, 17, 524288, 0, 0, 0, 0, 0, 0, 0, // make send: port set
  4, 1048576, 1, 0, 17, 1048576, 1, 0, 0, 0, 0, 0, 0, // make send: dead name 1
  4, 1048576, 3, 0, 17, 1048576, 3, 0, 0, 0, 0, 0, 0, // make send: dead name 3
  4, 1048576, 65535, 0, 17, 1048576, 65535, 0, 0, 0, 0, 0, 0, // make send: dead name 65535
  5, 65536, 1, 0, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // make send-once: send 1
  5, 65536, 1, 1, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // make send-once: send 1, requested
  5, 65536, 3, 0, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // make send-once: send 3
  5, 65536, 3, 1, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // make send-once: send 3, requested
  5, 65536, 65534, 0, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // make send-once: send 65534
  5, 65536, 65534, 1, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // make send-once: send 65534, requested
  5, 131072, 0, 0, 0, 131072, 0, 0, 1, 0, 0, 0, 0, // make send-once: receive
  5, 131072, 0, 1, 0, 131072, 0, 0, 1, 0, 0, 0, 0, // make send-once: receive, requested
  5, 196608, 1, 0, 0, 196608, 1, 0, 1, 0, 0, 0, 0, // make send-once: send receive 1
  5, 196608, 1, 1, 0, 196608, 1, 0, 1, 0, 0, 0, 0, // make send-once: send receive 1, requested
  5, 196608, 3, 0, 0, 196608, 3, 0, 1, 0, 0, 0, 0, // make send-once: send receive 3
  5, 196608, 3, 1, 0, 196608, 3, 0, 1, 0, 0, 0, 0, // make send-once: send receive 3, requested
  5, 196608, 65534, 0, 0, 196608, 65534, 0, 1, 0, 0, 0, 0, // make send-once: send receive 65534
  5, 196608, 65534, 1, 0, 196608, 65534, 0, 1, 0, 0, 0, 0, // make send-once: send receive 65534, requested
  5, 262144, 0, 0, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // make send-once: send-once
  5, 262144, 0, 1, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // make send-once: send-once, requested
  5, 524288, 0, 0, 17, 524288, 0, 0, 0, 0, 0, 0, 0, // make send-once: port set
  5, 1048576, 1, 0, 17, 1048576, 1, 0, 0, 0, 0, 0, 0, // make send-once: dead name 1
  5, 1048576, 3, 0, 17, 1048576, 3, 0, 0, 0, 0, 0, 0, // make send-once: dead name 3
  5, 1048576, 65535, 0, 17, 1048576, 65535, 0, 0, 0, 0, 0, 0, // make send-once: dead name 65535
  6, 65536, 1, 0, 0, 0, 0, -1, 0, 0, 0, 70, 0, // destroy: send 1
  6, 65536, 1, 1, 0, 0, 0, -1, 0, 0, 65, 70, 0, // destroy: send 1, requested
  6, 65536, 3, 0, 0, 0, 0, -1, 0, 0, 0, 70, 0, // destroy: send 3
  6, 65536, 3, 1, 0, 0, 0, -1, 0, 0, 65, 70, 0, // destroy: send 3, requested
  6, 65536, 65534, 0, 0, 0, 0, -1, 0, 0, 0, 70, 0, // destroy: send 65534
  6, 65536, 65534, 1, 0, 0, 0, -1, 0, 0, 65, 70, 0, // destroy: send 65534, requested
  6, 131072, 0, 0, 0, 0, 0, 0, 0, 0, 0, 71, 0, // destroy: receive
  6, 131072, 0, 1, 0, 0, 0, 0, 0, 0, 65, 71, 0, // destroy: receive, requested
  6, 196608, 1, 0, 0, 0, 0, -1, 0, 0, 0, 70, 0, // destroy: send receive 1
  6, 196608, 1, 1, 0, 0, 0, -1, 0, 0, 65, 70, 0, // destroy: send receive 1, requested
  6, 196608, 3, 0, 0, 0, 0, -1, 0, 0, 0, 70, 0, // destroy: send receive 3
  6, 196608, 3, 1, 0, 0, 0, -1, 0, 0, 65, 70, 0, // destroy: send receive 3, requested
  6, 196608, 65534, 0, 0, 0, 0, -1, 0, 0, 0, 70, 0, // destroy: send receive 65534
  6, 196608, 65534, 1, 0, 0, 0, -1, 0, 0, 65, 70, 0, // destroy: send receive 65534, requested
  6, 262144, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 71, // destroy: send-once
  6, 262144, 0, 1, 0, 0, 0, 0, -1, 0, 65, 0, 71, // destroy: send-once, requested
  6, 524288, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // destroy: port set
  6, 1048576, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // destroy: dead name 1
  6, 1048576, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // destroy: dead name 3
  6, 1048576, 65535, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // destroy: dead name 65535
  7, 65536, 1, 0, 0, 0, 0, -1, 0, 0, 0, 70, 0, // deallocate: send 1
  7, 65536, 1, 1, 0, 0, 0, -1, 0, 0, 65, 70, 0, // deallocate: send 1, requested
  7, 65536, 3, 0, 0, 65536, 2, 0, 0, 0, 0, 0, 0, // deallocate: send 3
  7, 65536, 3, 1, 0, 65536, 2, 0, 0, 0, 0, 0, 0, // deallocate: send 3, requested
  7, 65536, 65534, 0, 0, 65536, 65533, 0, 0, 0, 0, 0, 0, // deallocate: send 65534
  7, 65536, 65534, 1, 0, 65536, 65533, 0, 0, 0, 0, 0, 0, // deallocate: send 65534, requested
  7, 131072, 0, 0, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // deallocate: receive
  7, 131072, 0, 1, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // deallocate: receive, requested
  7, 196608, 1, 0, 0, 131072, 0, -1, 0, 0, 0, 70, 0, // deallocate: send receive 1
  7, 196608, 1, 1, 0, 131072, 0, -1, 0, 0, 0, 70, 0, // deallocate: send receive 1, requested
  7, 196608, 3, 0, 0, 196608, 2, 0, 0, 0, 0, 0, 0, // deallocate: send receive 3
  7, 196608, 3, 1, 0, 196608, 2, 0, 0, 0, 0, 0, 0, // deallocate: send receive 3, requested
  7, 196608, 65534, 0, 0, 196608, 65533, 0, 0, 0, 0, 0, 0, // deallocate: send receive 65534
  7, 196608, 65534, 1, 0, 196608, 65533, 0, 0, 0, 0, 0, 0, // deallocate: send receive 65534, requested
  7, 262144, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 71, // deallocate: send-once
  7, 262144, 0, 1, 0, 0, 0, 0, -1, 0, 65, 0, 71, // deallocate: send-once, requested
  7, 524288, 0, 0, 17, 524288, 0, 0, 0, 0, 0, 0, 0, // deallocate: port set
  7, 1048576, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // deallocate: dead name 1
  7, 1048576, 3, 0, 0, 1048576, 2, 0, 0, 0, 0, 0, 0, // deallocate: dead name 3
  7, 1048576, 65535, 0, 0, 1048576, 65534, 0, 0, 0, 0, 0, 0, // deallocate: dead name 65535
  8, 65536, 1, 0, 0, 0, 0, -1, 0, 0, 0, 70, 0, // mod_refs send -1: send 1
  8, 65536, 1, 1, 0, 0, 0, -1, 0, 0, 65, 70, 0, // mod_refs send -1: send 1, requested
  8, 65536, 3, 0, 0, 65536, 2, 0, 0, 0, 0, 0, 0, // mod_refs send -1: send 3
  8, 65536, 3, 1, 0, 65536, 2, 0, 0, 0, 0, 0, 0, // mod_refs send -1: send 3, requested
  8, 65536, 65534, 0, 0, 65536, 65533, 0, 0, 0, 0, 0, 0, // mod_refs send -1: send 65534
  8, 65536, 65534, 1, 0, 65536, 65533, 0, 0, 0, 0, 0, 0, // mod_refs send -1: send 65534, requested
  8, 131072, 0, 0, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs send -1: receive
  8, 131072, 0, 1, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs send -1: receive, requested
  8, 196608, 1, 0, 0, 131072, 0, -1, 0, 0, 0, 70, 0, // mod_refs send -1: send receive 1
  8, 196608, 1, 1, 0, 131072, 0, -1, 0, 0, 0, 70, 0, // mod_refs send -1: send receive 1, requested
  8, 196608, 3, 0, 0, 196608, 2, 0, 0, 0, 0, 0, 0, // mod_refs send -1: send receive 3
  8, 196608, 3, 1, 0, 196608, 2, 0, 0, 0, 0, 0, 0, // mod_refs send -1: send receive 3, requested
  8, 196608, 65534, 0, 0, 196608, 65533, 0, 0, 0, 0, 0, 0, // mod_refs send -1: send receive 65534
  8, 196608, 65534, 1, 0, 196608, 65533, 0, 0, 0, 0, 0, 0, // mod_refs send -1: send receive 65534, requested
  8, 262144, 0, 0, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs send -1: send-once
  8, 262144, 0, 1, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs send -1: send-once, requested
  8, 524288, 0, 0, 17, 524288, 0, 0, 0, 0, 0, 0, 0, // mod_refs send -1: port set
  8, 1048576, 1, 0, 17, 1048576, 1, 0, 0, 0, 0, 0, 0, // mod_refs send -1: dead name 1
  8, 1048576, 3, 0, 17, 1048576, 3, 0, 0, 0, 0, 0, 0, // mod_refs send -1: dead name 3
  8, 1048576, 65535, 0, 17, 1048576, 65535, 0, 0, 0, 0, 0, 0, // mod_refs send -1: dead name 65535
  9, 65536, 1, 0, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // mod_refs receive -1: send 1
  9, 65536, 1, 1, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // mod_refs receive -1: send 1, requested
  9, 65536, 3, 0, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // mod_refs receive -1: send 3
  9, 65536, 3, 1, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // mod_refs receive -1: send 3, requested
  9, 65536, 65534, 0, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs receive -1: send 65534
  9, 65536, 65534, 1, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs receive -1: send 65534, requested
  9, 131072, 0, 0, 0, 0, 0, 0, 0, 0, 0, 71, 0, // mod_refs receive -1: receive
  9, 131072, 0, 1, 0, 0, 0, 0, 0, 0, 65, 71, 0, // mod_refs receive -1: receive, requested
  9, 196608, 1, 0, 0, 1048576, 1, 0, 0, 0, 0, 71, 0, // mod_refs receive -1: send receive 1
  9, 196608, 1, 1, 0, 1048576, 2, 0, 0, 0, 72, 71, 0, // mod_refs receive -1: send receive 1, requested
  9, 196608, 3, 0, 0, 1048576, 3, 0, 0, 0, 0, 71, 0, // mod_refs receive -1: send receive 3
  9, 196608, 3, 1, 0, 1048576, 4, 0, 0, 0, 72, 71, 0, // mod_refs receive -1: send receive 3, requested
  9, 196608, 65534, 0, 0, 1048576, 65534, 0, 0, 0, 0, 71, 0, // mod_refs receive -1: send receive 65534
  9, 196608, 65534, 1, 0, 1048576, 65535, 0, 0, 0, 72, 71, 0, // mod_refs receive -1: send receive 65534, requested
  9, 262144, 0, 0, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs receive -1: send-once
  9, 262144, 0, 1, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs receive -1: send-once, requested
  9, 524288, 0, 0, 17, 524288, 0, 0, 0, 0, 0, 0, 0, // mod_refs receive -1: port set
  9, 1048576, 1, 0, 17, 1048576, 1, 0, 0, 0, 0, 0, 0, // mod_refs receive -1: dead name 1
  9, 1048576, 3, 0, 17, 1048576, 3, 0, 0, 0, 0, 0, 0, // mod_refs receive -1: dead name 3
  9, 1048576, 65535, 0, 17, 1048576, 65535, 0, 0, 0, 0, 0, 0, // mod_refs receive -1: dead name 65535
  10, 65536, 1, 0, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: send 1
  10, 65536, 1, 1, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: send 1, requested
  10, 65536, 3, 0, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: send 3
  10, 65536, 3, 1, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: send 3, requested
  10, 65536, 65534, 0, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: send 65534
  10, 65536, 65534, 1, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: send 65534, requested
  10, 131072, 0, 0, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: receive
  10, 131072, 0, 1, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: receive, requested
  10, 196608, 1, 0, 17, 196608, 1, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: send receive 1
  10, 196608, 1, 1, 17, 196608, 1, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: send receive 1, requested
  10, 196608, 3, 0, 17, 196608, 3, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: send receive 3
  10, 196608, 3, 1, 17, 196608, 3, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: send receive 3, requested
  10, 196608, 65534, 0, 17, 196608, 65534, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: send receive 65534
  10, 196608, 65534, 1, 17, 196608, 65534, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: send receive 65534, requested
  10, 262144, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 71, // mod_refs send-once -1: send-once
  10, 262144, 0, 1, 0, 0, 0, 0, -1, 0, 65, 0, 71, // mod_refs send-once -1: send-once, requested
  10, 524288, 0, 0, 17, 524288, 0, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: port set
  10, 1048576, 1, 0, 17, 1048576, 1, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: dead name 1
  10, 1048576, 3, 0, 17, 1048576, 3, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: dead name 3
  10, 1048576, 65535, 0, 17, 1048576, 65535, 0, 0, 0, 0, 0, 0, // mod_refs send-once -1: dead name 65535
  11, 65536, 1, 0, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: send 1
  11, 65536, 1, 1, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: send 1, requested
  11, 65536, 3, 0, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: send 3
  11, 65536, 3, 1, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: send 3, requested
  11, 65536, 65534, 0, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: send 65534
  11, 65536, 65534, 1, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: send 65534, requested
  11, 131072, 0, 0, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: receive
  11, 131072, 0, 1, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: receive, requested
  11, 196608, 1, 0, 17, 196608, 1, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: send receive 1
  11, 196608, 1, 1, 17, 196608, 1, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: send receive 1, requested
  11, 196608, 3, 0, 17, 196608, 3, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: send receive 3
  11, 196608, 3, 1, 17, 196608, 3, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: send receive 3, requested
  11, 196608, 65534, 0, 17, 196608, 65534, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: send receive 65534
  11, 196608, 65534, 1, 17, 196608, 65534, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: send receive 65534, requested
  11, 262144, 0, 0, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: send-once
  11, 262144, 0, 1, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: send-once, requested
  11, 524288, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: port set
  11, 1048576, 1, 0, 17, 1048576, 1, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: dead name 1
  11, 1048576, 3, 0, 17, 1048576, 3, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: dead name 3
  11, 1048576, 65535, 0, 17, 1048576, 65535, 0, 0, 0, 0, 0, 0, // mod_refs port-set -1: dead name 65535
  12, 65536, 1, 0, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: send 1
  12, 65536, 1, 1, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: send 1, requested
  12, 65536, 3, 0, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: send 3
  12, 65536, 3, 1, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: send 3, requested
  12, 65536, 65534, 0, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: send 65534
  12, 65536, 65534, 1, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: send 65534, requested
  12, 131072, 0, 0, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: receive
  12, 131072, 0, 1, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: receive, requested
  12, 196608, 1, 0, 17, 196608, 1, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: send receive 1
  12, 196608, 1, 1, 17, 196608, 1, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: send receive 1, requested
  12, 196608, 3, 0, 17, 196608, 3, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: send receive 3
  12, 196608, 3, 1, 17, 196608, 3, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: send receive 3, requested
  12, 196608, 65534, 0, 17, 196608, 65534, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: send receive 65534
  12, 196608, 65534, 1, 17, 196608, 65534, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: send receive 65534, requested
  12, 262144, 0, 0, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: send-once
  12, 262144, 0, 1, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: send-once, requested
  12, 524288, 0, 0, 17, 524288, 0, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: port set
  12, 1048576, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: dead name 1
  12, 1048576, 3, 0, 0, 1048576, 2, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: dead name 3
  12, 1048576, 65535, 0, 0, 1048576, 65534, 0, 0, 0, 0, 0, 0, // mod_refs dead-name -1: dead name 65535
  13, 65536, 1, 0, 0, 65536, 2, 0, 0, 0, 0, 0, 0, // mod_refs send +1: send 1
  13, 65536, 1, 1, 0, 65536, 2, 0, 0, 0, 0, 0, 0, // mod_refs send +1: send 1, requested
  13, 65536, 3, 0, 0, 65536, 4, 0, 0, 0, 0, 0, 0, // mod_refs send +1: send 3
  13, 65536, 3, 1, 0, 65536, 4, 0, 0, 0, 0, 0, 0, // mod_refs send +1: send 3, requested
  13, 65536, 65534, 0, 19, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs send +1: send 65534
  13, 65536, 65534, 1, 19, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs send +1: send 65534, requested
  13, 131072, 0, 0, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs send +1: receive
  13, 131072, 0, 1, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs send +1: receive, requested
  13, 196608, 1, 0, 0, 196608, 2, 0, 0, 0, 0, 0, 0, // mod_refs send +1: send receive 1
  13, 196608, 1, 1, 0, 196608, 2, 0, 0, 0, 0, 0, 0, // mod_refs send +1: send receive 1, requested
  13, 196608, 3, 0, 0, 196608, 4, 0, 0, 0, 0, 0, 0, // mod_refs send +1: send receive 3
  13, 196608, 3, 1, 0, 196608, 4, 0, 0, 0, 0, 0, 0, // mod_refs send +1: send receive 3, requested
  13, 196608, 65534, 0, 19, 196608, 65534, 0, 0, 0, 0, 0, 0, // mod_refs send +1: send receive 65534
  13, 196608, 65534, 1, 19, 196608, 65534, 0, 0, 0, 0, 0, 0, // mod_refs send +1: send receive 65534, requested
  13, 262144, 0, 0, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs send +1: send-once
  13, 262144, 0, 1, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs send +1: send-once, requested
  13, 524288, 0, 0, 17, 524288, 0, 0, 0, 0, 0, 0, 0, // mod_refs send +1: port set
  13, 1048576, 1, 0, 17, 1048576, 1, 0, 0, 0, 0, 0, 0, // mod_refs send +1: dead name 1
  13, 1048576, 3, 0, 17, 1048576, 3, 0, 0, 0, 0, 0, 0, // mod_refs send +1: dead name 3
  13, 1048576, 65535, 0, 17, 1048576, 65535, 0, 0, 0, 0, 0, 0, // mod_refs send +1: dead name 65535
  14, 65536, 1, 0, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: send 1
  14, 65536, 1, 1, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: send 1, requested
  14, 65536, 3, 0, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: send 3
  14, 65536, 3, 1, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: send 3, requested
  14, 65536, 65534, 0, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: send 65534
  14, 65536, 65534, 1, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: send 65534, requested
  14, 131072, 0, 0, 18, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: receive
  14, 131072, 0, 1, 18, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: receive, requested
  14, 196608, 1, 0, 18, 196608, 1, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: send receive 1
  14, 196608, 1, 1, 18, 196608, 1, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: send receive 1, requested
  14, 196608, 3, 0, 18, 196608, 3, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: send receive 3
  14, 196608, 3, 1, 18, 196608, 3, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: send receive 3, requested
  14, 196608, 65534, 0, 18, 196608, 65534, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: send receive 65534
  14, 196608, 65534, 1, 18, 196608, 65534, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: send receive 65534, requested
  14, 262144, 0, 0, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: send-once
  14, 262144, 0, 1, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: send-once, requested
  14, 524288, 0, 0, 17, 524288, 0, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: port set
  14, 1048576, 1, 0, 17, 1048576, 1, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: dead name 1
  14, 1048576, 3, 0, 17, 1048576, 3, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: dead name 3
  14, 1048576, 65535, 0, 17, 1048576, 65535, 0, 0, 0, 0, 0, 0, // mod_refs receive +1: dead name 65535
  15, 65536, 1, 0, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: send 1
  15, 65536, 1, 1, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: send 1, requested
  15, 65536, 3, 0, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: send 3
  15, 65536, 3, 1, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: send 3, requested
  15, 65536, 65534, 0, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: send 65534
  15, 65536, 65534, 1, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: send 65534, requested
  15, 131072, 0, 0, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: receive
  15, 131072, 0, 1, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: receive, requested
  15, 196608, 1, 0, 17, 196608, 1, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: send receive 1
  15, 196608, 1, 1, 17, 196608, 1, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: send receive 1, requested
  15, 196608, 3, 0, 17, 196608, 3, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: send receive 3
  15, 196608, 3, 1, 17, 196608, 3, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: send receive 3, requested
  15, 196608, 65534, 0, 17, 196608, 65534, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: send receive 65534
  15, 196608, 65534, 1, 17, 196608, 65534, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: send receive 65534, requested
  15, 262144, 0, 0, 18, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: send-once
  15, 262144, 0, 1, 18, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: send-once, requested
  15, 524288, 0, 0, 17, 524288, 0, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: port set
  15, 1048576, 1, 0, 17, 1048576, 1, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: dead name 1
  15, 1048576, 3, 0, 17, 1048576, 3, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: dead name 3
  15, 1048576, 65535, 0, 17, 1048576, 65535, 0, 0, 0, 0, 0, 0, // mod_refs send-once +1: dead name 65535
  16, 65536, 1, 0, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: send 1
  16, 65536, 1, 1, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: send 1, requested
  16, 65536, 3, 0, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: send 3
  16, 65536, 3, 1, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: send 3, requested
  16, 65536, 65534, 0, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: send 65534
  16, 65536, 65534, 1, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: send 65534, requested
  16, 131072, 0, 0, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: receive
  16, 131072, 0, 1, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: receive, requested
  16, 196608, 1, 0, 17, 196608, 1, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: send receive 1
  16, 196608, 1, 1, 17, 196608, 1, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: send receive 1, requested
  16, 196608, 3, 0, 17, 196608, 3, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: send receive 3
  16, 196608, 3, 1, 17, 196608, 3, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: send receive 3, requested
  16, 196608, 65534, 0, 17, 196608, 65534, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: send receive 65534
  16, 196608, 65534, 1, 17, 196608, 65534, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: send receive 65534, requested
  16, 262144, 0, 0, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: send-once
  16, 262144, 0, 1, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: send-once, requested
  16, 524288, 0, 0, 18, 524288, 0, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: port set
  16, 1048576, 1, 0, 17, 1048576, 1, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: dead name 1
  16, 1048576, 3, 0, 17, 1048576, 3, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: dead name 3
  16, 1048576, 65535, 0, 17, 1048576, 65535, 0, 0, 0, 0, 0, 0, // mod_refs port-set +1: dead name 65535
  17, 65536, 1, 0, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: send 1
  17, 65536, 1, 1, 17, 65536, 1, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: send 1, requested
  17, 65536, 3, 0, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: send 3
  17, 65536, 3, 1, 17, 65536, 3, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: send 3, requested
  17, 65536, 65534, 0, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: send 65534
  17, 65536, 65534, 1, 17, 65536, 65534, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: send 65534, requested
  17, 131072, 0, 0, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: receive
  17, 131072, 0, 1, 17, 131072, 0, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: receive, requested
  17, 196608, 1, 0, 17, 196608, 1, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: send receive 1
  17, 196608, 1, 1, 17, 196608, 1, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: send receive 1, requested
  17, 196608, 3, 0, 17, 196608, 3, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: send receive 3
  17, 196608, 3, 1, 17, 196608, 3, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: send receive 3, requested
  17, 196608, 65534, 0, 17, 196608, 65534, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: send receive 65534
  17, 196608, 65534, 1, 17, 196608, 65534, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: send receive 65534, requested
  17, 262144, 0, 0, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: send-once
  17, 262144, 0, 1, 17, 262144, 0, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: send-once, requested
  17, 524288, 0, 0, 17, 524288, 0, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: port set
  17, 1048576, 1, 0, 0, 1048576, 2, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: dead name 1
  17, 1048576, 3, 0, 0, 1048576, 4, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: dead name 3
  17, 1048576, 65535, 0, 19, 1048576, 65535, 0, 0, 0, 0, 0, 0, // mod_refs dead-name +1: dead name 65535
  18, 0, 0, 0, 0, 131072, 0, 0, 0, 0, 0, 0, 0, // copyout receive: unused name
  18, 65536, 1, 0, 0, 196608, 1, 0, 0, 0, 0, 0, 0, // copyout receive: send 1
  18, 65536, 1, 1, 0, 196608, 1, 0, 0, 0, 0, 0, 0, // copyout receive: send 1, requested
  18, 65536, 3, 0, 0, 196608, 3, 0, 0, 0, 0, 0, 0, // copyout receive: send 3
  18, 65536, 3, 1, 0, 196608, 3, 0, 0, 0, 0, 0, 0, // copyout receive: send 3, requested
  18, 65536, 65534, 0, 0, 196608, 65534, 0, 0, 0, 0, 0, 0, // copyout receive: send 65534
  18, 65536, 65534, 1, 0, 196608, 65534, 0, 0, 0, 0, 0, 0, // copyout receive: send 65534, requested
  18, 131072, 0, 0, 13, 131072, 0, 0, 0, 0, 0, 0, 0, // copyout receive: receive
  18, 131072, 0, 1, 13, 131072, 0, 0, 0, 0, 0, 0, 0, // copyout receive: receive, requested
  18, 196608, 1, 0, 13, 196608, 1, 0, 0, 0, 0, 0, 0, // copyout receive: send receive 1
  18, 196608, 1, 1, 13, 196608, 1, 0, 0, 0, 0, 0, 0, // copyout receive: send receive 1, requested
  18, 196608, 3, 0, 13, 196608, 3, 0, 0, 0, 0, 0, 0, // copyout receive: send receive 3
  18, 196608, 3, 1, 13, 196608, 3, 0, 0, 0, 0, 0, 0, // copyout receive: send receive 3, requested
  18, 196608, 65534, 0, 13, 196608, 65534, 0, 0, 0, 0, 0, 0, // copyout receive: send receive 65534
  18, 196608, 65534, 1, 13, 196608, 65534, 0, 0, 0, 0, 0, 0, // copyout receive: send receive 65534, requested
  18, 262144, 0, 0, 13, 262144, 0, 0, 0, 0, 0, 0, 0, // copyout receive: send-once
  18, 262144, 0, 1, 13, 262144, 0, 0, 0, 0, 0, 0, 0, // copyout receive: send-once, requested
  18, 524288, 0, 0, 13, 524288, 0, 0, 0, 0, 0, 0, 0, // copyout receive: port set
  18, 1048576, 1, 0, 13, 1048576, 1, 0, 0, 0, 0, 0, 0, // copyout receive: dead name 1
  18, 1048576, 3, 0, 13, 1048576, 3, 0, 0, 0, 0, 0, 0, // copyout receive: dead name 3
  18, 1048576, 65535, 0, 13, 1048576, 65535, 0, 0, 0, 0, 0, 0, // copyout receive: dead name 65535
  19, 0, 0, 0, 0, 65536, 1, 1, 0, 0, 0, 0, 0, // copyout send: unused name
  19, 65536, 1, 0, 0, 65536, 2, 0, 0, 0, 0, 0, 0, // copyout send: send 1
  19, 65536, 1, 1, 0, 65536, 2, 0, 0, 0, 0, 0, 0, // copyout send: send 1, requested
  19, 65536, 3, 0, 0, 65536, 4, 0, 0, 0, 0, 0, 0, // copyout send: send 3
  19, 65536, 3, 1, 0, 65536, 4, 0, 0, 0, 0, 0, 0, // copyout send: send 3, requested
  19, 65536, 65534, 0, 19, 65536, 65534, 0, 0, 0, 0, 0, 0, // copyout send: send 65534
  19, 65536, 65534, 1, 19, 65536, 65534, 0, 0, 0, 0, 0, 0, // copyout send: send 65534, requested
  19, 131072, 0, 0, 0, 196608, 1, 1, 0, 0, 0, 0, 0, // copyout send: receive
  19, 131072, 0, 1, 0, 196608, 1, 1, 0, 0, 0, 0, 0, // copyout send: receive, requested
  19, 196608, 1, 0, 0, 196608, 2, 0, 0, 0, 0, 0, 0, // copyout send: send receive 1
  19, 196608, 1, 1, 0, 196608, 2, 0, 0, 0, 0, 0, 0, // copyout send: send receive 1, requested
  19, 196608, 3, 0, 0, 196608, 4, 0, 0, 0, 0, 0, 0, // copyout send: send receive 3
  19, 196608, 3, 1, 0, 196608, 4, 0, 0, 0, 0, 0, 0, // copyout send: send receive 3, requested
  19, 196608, 65534, 0, 19, 196608, 65534, 0, 0, 0, 0, 0, 0, // copyout send: send receive 65534
  19, 196608, 65534, 1, 19, 196608, 65534, 0, 0, 0, 0, 0, 0, // copyout send: send receive 65534, requested
  19, 262144, 0, 0, 13, 262144, 0, 0, 0, 0, 0, 0, 0, // copyout send: send-once
  19, 262144, 0, 1, 13, 262144, 0, 0, 0, 0, 0, 0, 0, // copyout send: send-once, requested
  19, 524288, 0, 0, 13, 524288, 0, 0, 0, 0, 0, 0, 0, // copyout send: port set
  19, 1048576, 1, 0, 13, 1048576, 1, 0, 0, 0, 0, 0, 0, // copyout send: dead name 1
  19, 1048576, 3, 0, 13, 1048576, 3, 0, 0, 0, 0, 0, 0, // copyout send: dead name 3
  19, 1048576, 65535, 0, 13, 1048576, 65535, 0, 0, 0, 0, 0, 0, // copyout send: dead name 65535
  20, 0, 0, 0, 0, 262144, 0, 0, 1, 0, 0, 0, 0, // copyout send-once: unused name
  20, 65536, 1, 0, 13, 65536, 1, 0, 0, 0, 0, 0, 71, // copyout send-once: send 1
  20, 65536, 1, 1, 13, 65536, 1, 0, 0, 0, 0, 0, 71, // copyout send-once: send 1, requested
  20, 65536, 3, 0, 13, 65536, 3, 0, 0, 0, 0, 0, 71, // copyout send-once: send 3
  20, 65536, 3, 1, 13, 65536, 3, 0, 0, 0, 0, 0, 71, // copyout send-once: send 3, requested
  20, 65536, 65534, 0, 13, 65536, 65534, 0, 0, 0, 0, 0, 71, // copyout send-once: send 65534
  20, 65536, 65534, 1, 13, 65536, 65534, 0, 0, 0, 0, 0, 71, // copyout send-once: send 65534, requested
  20, 131072, 0, 0, 13, 131072, 0, 0, 0, 0, 0, 0, 71, // copyout send-once: receive
  20, 131072, 0, 1, 13, 131072, 0, 0, 0, 0, 0, 0, 71, // copyout send-once: receive, requested
  20, 196608, 1, 0, 13, 196608, 1, 0, 0, 0, 0, 0, 71, // copyout send-once: send receive 1
  20, 196608, 1, 1, 13, 196608, 1, 0, 0, 0, 0, 0, 71, // copyout send-once: send receive 1, requested
  20, 196608, 3, 0, 13, 196608, 3, 0, 0, 0, 0, 0, 71, // copyout send-once: send receive 3
  20, 196608, 3, 1, 13, 196608, 3, 0, 0, 0, 0, 0, 71, // copyout send-once: send receive 3, requested
  20, 196608, 65534, 0, 13, 196608, 65534, 0, 0, 0, 0, 0, 71, // copyout send-once: send receive 65534
  20, 196608, 65534, 1, 13, 196608, 65534, 0, 0, 0, 0, 0, 71, // copyout send-once: send receive 65534, requested
  20, 262144, 0, 0, 13, 262144, 0, 0, 0, 0, 0, 0, 71, // copyout send-once: send-once
  20, 262144, 0, 1, 13, 262144, 0, 0, 0, 0, 0, 0, 71, // copyout send-once: send-once, requested
  20, 524288, 0, 0, 13, 524288, 0, 0, 0, 0, 0, 0, 71, // copyout send-once: port set
  20, 1048576, 1, 0, 13, 1048576, 1, 0, 0, 0, 0, 0, 71, // copyout send-once: dead name 1
  20, 1048576, 3, 0, 13, 1048576, 3, 0, 0, 0, 0, 0, 71, // copyout send-once: dead name 3
  20, 1048576, 65535, 0, 13, 1048576, 65535, 0, 0, 0, 0, 0, 71, // copyout send-once: dead name 65535
  21, 65536, 1, 0, 0, 1048576, 1, 0, 0, 0, 0, 71, 0, // port death: send 1
  21, 65536, 1, 1, 0, 1048576, 2, 0, 0, 0, 72, 71, 0, // port death: send 1, requested
  21, 65536, 3, 0, 0, 1048576, 3, 0, 0, 0, 0, 71, 0, // port death: send 3
  21, 65536, 3, 1, 0, 1048576, 4, 0, 0, 0, 72, 71, 0, // port death: send 3, requested
  21, 65536, 65534, 0, 0, 1048576, 65534, 0, 0, 0, 0, 71, 0, // port death: send 65534
  21, 65536, 65534, 1, 0, 1048576, 65535, 0, 0, 0, 72, 71, 0, // port death: send 65534, requested
  21, 262144, 0, 0, 0, 1048576, 1, 0, 0, 0, 0, 71, 0, // port death: send-once
  21, 262144, 0, 1, 0, 1048576, 2, 0, 0, 0, 72, 71, 0, // port death: send-once, requested
  22, 65536, 1, 0, 0, 65536, 1, 0, 0, 0, 0, 0, 0, // request dead-name: send 1
  22, 65536, 1, 1, 0, 65536, 1, 0, 0, 0, 71, 0, 0, // request dead-name: send 1, requested
  22, 65536, 3, 0, 0, 65536, 3, 0, 0, 0, 0, 0, 0, // request dead-name: send 3
  22, 65536, 3, 1, 0, 65536, 3, 0, 0, 0, 71, 0, 0, // request dead-name: send 3, requested
  22, 65536, 65534, 0, 0, 65536, 65534, 0, 0, 0, 0, 0, 0, // request dead-name: send 65534
  22, 65536, 65534, 1, 0, 65536, 65534, 0, 0, 0, 71, 0, 0, // request dead-name: send 65534, requested
  22, 131072, 0, 0, 0, 131072, 0, 0, 0, 0, 0, 0, 0, // request dead-name: receive
  22, 131072, 0, 1, 0, 131072, 0, 0, 0, 0, 71, 0, 0, // request dead-name: receive, requested
  22, 196608, 1, 0, 0, 196608, 1, 0, 0, 0, 0, 0, 0, // request dead-name: send receive 1
  22, 196608, 1, 1, 0, 196608, 1, 0, 0, 0, 71, 0, 0, // request dead-name: send receive 1, requested
  22, 196608, 3, 0, 0, 196608, 3, 0, 0, 0, 0, 0, 0, // request dead-name: send receive 3
  22, 196608, 3, 1, 0, 196608, 3, 0, 0, 0, 71, 0, 0, // request dead-name: send receive 3, requested
  22, 196608, 65534, 0, 0, 196608, 65534, 0, 0, 0, 0, 0, 0, // request dead-name: send receive 65534
  22, 196608, 65534, 1, 0, 196608, 65534, 0, 0, 0, 71, 0, 0, // request dead-name: send receive 65534, requested
  22, 262144, 0, 0, 0, 262144, 0, 0, 0, 0, 0, 0, 0, // request dead-name: send-once
  22, 262144, 0, 1, 0, 262144, 0, 0, 0, 0, 71, 0, 0, // request dead-name: send-once, requested
  22, 524288, 0, 0, 17, 524288, 0, 0, 0, 0, 0, 0, 0, // request dead-name: port set
  22, 1048576, 1, 0, 0, 1048576, 2, 0, 0, 0, 72, 0, 0, // request dead-name: dead name 1
  22, 1048576, 3, 0, 0, 1048576, 4, 0, 0, 0, 72, 0, 0, // request dead-name: dead name 3
  22, 1048576, 65535, 0, 19, 1048576, 65535, 0, 0, 0, 0, 0, 0, // request dead-name: dead name 65535
]);
