// The messages between init and the programs that it runs. A program finds its port to init as its bootstrap port.

/** One-way: status, checks passed, checks failed, map entries at the end. The program's last message. */
export const INIT_EXIT = 5000;
export const INIT_EXIT_STATUS = 28;
export const INIT_EXIT_PASSED = 36;
export const INIT_EXIT_FAILED = 44;
export const INIT_EXIT_ENTRIES = 52;
export const INIT_EXIT_SIZE = 56;

/** Request without items; answered with the rights of INIT_PORTS_*, one behind the other, 0 for what there is not. */
export const INIT_PORTS = 5001;
export const INIT_PORTS_REPLY = 5101;
export const INIT_PORTS_CONSOLE = 28;
export const INIT_PORTS_HOST = 36;
export const INIT_PORTS_DEVICE = 44;
export const INIT_PORTS_TASK = 52;
export const INIT_PORTS_ROOT = 60;
/** The root directory's server. */
export const INIT_PORTS_SERVER = 68;
export const INIT_PORTS_PROCESS = 76;
/** The pipe server. */
export const INIT_PORTS_PIPES = 84;
/** The exec server. */
export const INIT_PORTS_EXEC = 92;
/** The terminal. */
export const INIT_PORTS_TERM = 100;
export const INIT_PORTS_REPLY_SIZE = 104;

/** One-way: the right to a service that others are to get, and to the task that gives it. */
export const INIT_OFFER = 5002;
export const INIT_OFFER_PORT = 28;
export const INIT_OFFER_SERVER = 36;
/** INIT_PORTS_ROOT or one behind INIT_PORTS_SERVER. */
export const INIT_OFFER_WHAT = 44;
export const INIT_OFFER_SIZE = 48;

/** Request with a number: the servers that run, from 0 on; answered with the task, 0 if there are no more, and its name. */
export const INIT_SERVER = 5003;
export const INIT_SERVER_REPLY = 5103;
export const INIT_SERVER_INDEX = 28;
export const INIT_SERVER_SIZE = 32;
export const INIT_SERVER_TASK = 28;
export const INIT_SERVER_NAME = 36;
export const INIT_SERVER_NAME_SIZE = 32;
export const INIT_SERVER_REPLY_SIZE = 68;
