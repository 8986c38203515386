// What the test harness does for the kernel code under test.

/** The current thread waits. The harness runs others meanwhile and says how the wait ended (THREAD_*). */
export declare function block(thread: usize): i32;
/** The kernel gives up. `message`: an AssemblyScript string. */
export declare function fail(message: usize): void;
/** A kernel port serves a request. */
export declare function serve(id: i32): void;
