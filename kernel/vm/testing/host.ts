// What the test harness (tests/vm/kernel-vm.ts) provides to the VM when it runs as WebAssembly on the host.

/** Ends the test with a panic's reason, and the source file of an assertion (addresses of strings, or 0), and its line. */
export declare function panic(reason: usize, file: usize, line: u32): void;
/** The "current thread" blocks on `event`: runs whatever would wake it, and returns the wait's result. */
export declare function block(event: usize): i32;
/** Messages to the test pager `pager`. Return a KERN_* code. */
export declare function pagerInit(pager: usize, control: usize): i32;
export declare function pagerTerminate(pager: usize): i32;
export declare function pagerDataRequest(pager: usize, control: usize, offset: u32, access: u32): i32;
export declare function pagerDataUnlock(pager: usize, control: usize, offset: u32, access: u32): i32;
/** A one-way reply of the kernel: message id and the port it goes to. */
export declare function pagerReply(id: u32, port: usize, result: i32): i32;
/** The data, a VmMapCopy, are the host's when 0 is returned. */
export declare function pagerDataReturn(
  pager: usize,
  data: usize,
  offset: u32,
  size: u32,
  dirty: bool,
  kernelCopy: bool,
): i32;
export declare function pagerCopy(pager: usize, offset: u32, length: u32, copy: usize): i32;
/** The default pager is to serve the memory object `pager`. */
export declare function pagerCreate(pager: usize, control: usize): i32;
