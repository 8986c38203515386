// name|script|none|backward|series
export const SCENARIOS: string = "two-abutting-up|a0,4 a4,4|[0,4) rw-/rwx C o0;[4,8) rw-/rwx C o0|[0,8) rw-/rwx C o0|[0,8) rw-/rwx C o0\n";
