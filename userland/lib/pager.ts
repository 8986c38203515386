// A memory object's server: answers the kernel's requests for pages from memory, until its task ends.
import { stackAlloc } from "../../guest/i386";
import { MACH_MSG_SUCCESS, MSGH_ID, MSGH_LOCAL_PORT } from "../../abi/mach_msg";
import { MEMORY_OBJECT_COPY_DELAY, VM_PROT_NONE } from "../../abi/vm_types";
import {
  memory_object_data_supply,
  memory_object_data_unavailable,
  memory_object_ready,
} from "../generated/mach.generated";
import { mach_port_deallocate, mach_port_destroy } from "../generated/mach_port.generated";
import { message_receive, task_self } from "./mach";
import { PAGE_SIZE } from "./vm";

const MEMORY_OBJECT_INIT: u32 = 2200;
const MEMORY_OBJECT_TERMINATE: u32 = 2201;
const MEMORY_OBJECT_DATA_REQUEST: u32 = 2203;
/** Where the three requests have their items: the control port first. */
const CONTROL: u32 = 28;
const NAME: u32 = 36;
const REQUEST_OFFSET: u32 = 36;
const REQUEST_LENGTH: u32 = 44;
const MESSAGE_ROOM: u32 = 128;

/**
 * Where a page comes from: the address of the page at byte `offset` of the object whose receive right is called
 * `object`, or 0 for a page of zeros.
 */
export type PageSource = (object: u32, offset: u32) => usize;

let source: usize = 0;

function supply(object: u32, control: u32, offset: u32, length: u32): void {
  for (let end = offset + length; offset < end; offset += PAGE_SIZE) {
    const page = changetype<PageSource>(source)(object, offset);
    if (page != 0) memory_object_data_supply(control, offset, page, PAGE_SIZE, 0, VM_PROT_NONE, 0, 0);
    else memory_object_data_unavailable(control, offset, PAGE_SIZE);
  }
}

function answer(message: usize): void {
  const id = load<u32>(message + MSGH_ID);
  const control = load<u32>(message + CONTROL);
  if (id == MEMORY_OBJECT_INIT) {
    memory_object_ready(control, 1, MEMORY_OBJECT_COPY_DELAY);
  } else if (id == MEMORY_OBJECT_DATA_REQUEST) {
    const object = load<u32>(message + MSGH_LOCAL_PORT);
    supply(object, control, load<u32>(message + REQUEST_OFFSET), load<u32>(message + REQUEST_LENGTH));
    mach_port_deallocate(task_self(), control);
  } else if (id == MEMORY_OBJECT_TERMINATE) {
    mach_port_destroy(task_self(), control);
    mach_port_destroy(task_self(), load<u32>(message + NAME));
  }
}

/** Serves the receive right (or port set) `port` until it dies. */
export function pager_loop(port: u32, pages: PageSource): void {
  source = changetype<usize>(pages);
  const message = stackAlloc(MESSAGE_ROOM);
  while (message_receive(message, MESSAGE_ROOM, port) == MACH_MSG_SUCCESS) answer(message);
}
