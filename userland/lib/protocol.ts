// The messages between init and the programs that it runs. A program finds its port to init as its bootstrap port.

/** One-way: status, checks passed, checks failed, map entries at the end. The program's last message. */
export const INIT_EXIT = 5000;
export const INIT_EXIT_STATUS = 28;
export const INIT_EXIT_PASSED = 36;
export const INIT_EXIT_FAILED = 44;
export const INIT_EXIT_ENTRIES = 52;
export const INIT_EXIT_SIZE = 56;

/** Request without items; answered with rights to the console, the host, the devices, init's own task, the root directory and its server's task (0 without one). */
export const INIT_PORTS = 5001;
export const INIT_PORTS_REPLY = 5101;
export const INIT_PORTS_CONSOLE = 28;
export const INIT_PORTS_HOST = 36;
export const INIT_PORTS_DEVICE = 44;
export const INIT_PORTS_TASK = 52;
export const INIT_PORTS_ROOT = 60;
export const INIT_PORTS_SERVER = 68;
export const INIT_PORTS_REPLY_SIZE = 72;

/** One-way: rights to a root directory and to its server's task, from the program that serves it. */
export const INIT_OFFER = 5002;
export const INIT_OFFER_ROOT = 28;
export const INIT_OFFER_SERVER = 36;
export const INIT_OFFER_SIZE = 40;
