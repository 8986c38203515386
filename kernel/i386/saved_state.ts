// The registers of an interrupted context, as every entry stub in trap.asm.ts pushes them.

/** In the order of thread state flavor 1 up to EAX. `uesp` and `ss` are there only when user mode was interrupted. */
@unmanaged
export class SavedState {
  gs!: u32;
  fs!: u32;
  es!: u32;
  ds!: u32;
  edi!: u32;
  esi!: u32;
  ebp!: u32;
  /** ESP as PUSHAD stores it: of no use. */
  unused_esp!: u32;
  ebx!: u32;
  edx!: u32;
  ecx!: u32;
  eax!: u32;
  trapno!: u32;
  err!: u32;
  eip!: u32;
  cs!: u32;
  efl!: u32;
  uesp!: u32;
  ss!: u32;
}
