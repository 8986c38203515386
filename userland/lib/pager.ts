// A memory object's server: answers the kernel's requests for pages from memory, until its task ends.
import { MEMORY_OBJECT_COPY_DELAY, VM_PROT_NONE } from "../../abi/vm_types";
import {
  memory_object_data_supply,
  memory_object_data_unavailable,
  memory_object_ready,
} from "../generated/mach.generated";
import { mach_port_deallocate, mach_port_destroy } from "../generated/mach_port.generated";
import {
  memory_object_server,
  serve_memory_object_data_request,
  serve_memory_object_init,
  serve_memory_object_terminate,
} from "../generated/memory_object_server.generated";
import { task_self } from "./mach";
import { serve_port } from "./server";
import { PAGE_SIZE } from "./vm";

/**
 * Where a page comes from: the address of the page at byte `offset` of the object whose receive right is called
 * `object`, or 0 for a page of zeros.
 */
export type PageSource = (object: u32, offset: u32) => usize;

let source: usize = 0;

function on_init(object: u32, control: u32, name: u32, page_size: u32): void {
  memory_object_ready(control, 1, MEMORY_OBJECT_COPY_DELAY);
}

function on_data_request(object: u32, control: u32, offset: u32, length: u32, access: u32): void {
  for (let end = offset + length; offset < end; offset += PAGE_SIZE) {
    const page = changetype<PageSource>(source)(object, offset);
    if (page != 0) memory_object_data_supply(control, offset, page, PAGE_SIZE, 0, VM_PROT_NONE, 0, 0);
    else memory_object_data_unavailable(control, offset, PAGE_SIZE);
  }
  mach_port_deallocate(task_self(), control);
}

function on_terminate(object: u32, control: u32, name: u32): void {
  mach_port_destroy(task_self(), control);
  mach_port_destroy(task_self(), name);
}

/** Serves the receive right (or port set) `port` until it dies. */
export function pager_loop(port: u32, pages: PageSource): void {
  source = changetype<usize>(pages);
  serve_memory_object_init(on_init);
  serve_memory_object_data_request(on_data_request);
  serve_memory_object_terminate(on_terminate);
  serve_port(port, memory_object_server);
}
