// Which processes control-C is for: those of the pipeline that the interactive shell waits for.
import { stackAlloc } from "../../guest/i386";
import { TERM_USUAL } from "../../abi/term";
import { proc_setpgrp } from "../generated/process.generated";
import { term_get_ready, term_set_foreground, term_set_mode } from "../generated/term.generated";
import { process_port, term_port } from "../lib/process";

let controls: bool = false;

/** This shell is interactive. */
export function job_control(): void {
  controls = term_port != 0;
  job_done();
}

/** A new process is the first one of a job, or one more of the job with this group. The group. */
export function job_add(pid: u32, group: u32): u32 {
  if (!controls) return 0;
  const own = group == 0 ? pid : group;
  proc_setpgrp(process_port, pid, own);
  return own;
}

/** Control-C is for the job from now on. */
export function job_foreground(group: u32): void {
  if (controls && group != 0) term_set_foreground(term_port, process_port, group);
}

/** And for nobody, when it has ended; the terminal works as usual again. */
export function job_done(): void {
  if (!controls) return;
  term_set_foreground(term_port, process_port, 0);
  term_set_mode(term_port, TERM_USUAL);
}

/** Whether control-C was typed while no job was there to be ended. */
export function job_interrupted(): bool {
  const ready = stackAlloc(4);
  return controls && term_get_ready(term_port, ready) == 0 && load<i32>(ready) < 0;
}
