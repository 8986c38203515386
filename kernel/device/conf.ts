// Which devices there are.
import { kernel_task } from "../kern/task_life";
import { kernel_thread } from "../kern/thread_life";
import { com_tty_init } from "./com_tty";
import { cons_attach, cons_is_serial } from "./cons";
import { dev_hdr_init, dev_set_indirect } from "./dev_hdr";
import { dev_pager_init } from "./dev_pager";
import { device_service_create } from "./device";
import { io_done_thread } from "./device_reply";
import { hd_init } from "./hd";
import { intr_init } from "./intr";
import { io_init } from "./io_req";
import { kd_event_init } from "./kd_event";
import { kd_tty_init } from "./kd_tty";
import { kmsg_init } from "./kmsg";
import { mem_init } from "./mem";

/** Priority of the thread that sends replies: the best. */
const IO_DONE_PRIORITY: i32 = 0;

/** Starts the drivers, and the service of the device ports. */
export function device_init(): void {
  dev_hdr_init();
  io_init();
  dev_pager_init();
  const com = com_tty_init();
  const kd = kd_tty_init();
  dev_set_indirect(cons_is_serial() ? com : kd, 0);
  cons_attach();
  kd_event_init();
  kmsg_init();
  mem_init();
  intr_init();
  hd_init();
  device_service_create();
  kernel_thread(kernel_task(), io_done_thread, 0, IO_DONE_PRIORITY);
}
