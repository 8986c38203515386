// Blocks for pages that are about to be written, so that a full disk is the writer's error and not the page's loss.
import { ENOSPC } from "../../abi/errno";
import { PAGE_SIZE } from "../lib/vm";
import { data_clear, block_forget } from "./blocks";
import { FilePager, PAGE_FRESH, page_flags, set_page_flags } from "./file-pager";
import { Node, node_block, node_error, node_fresh, node_size } from "./node";
import { block_bytes, volume_writable } from "./volume";

/** Whether none of the page's blocks is there yet. */
function is_empty(node: Node, first: u32, count: u32): bool {
  for (let index: u32 = 0; index < count; index++)
    if (node_block(node, first + index, false) != 0) return false;
  return true;
}

/** Takes the blocks of a page below block `limit` that are missing. 0 or an error. */
function take_page(pager: FilePager, page: u32, limit: u32): i32 {
  const node = pager.node;
  const per_page = PAGE_SIZE / block_bytes;
  const first = page * per_page;
  const empty = is_empty(node, first, per_page);
  for (let index = first; index < min<u32>(first + per_page, limit); index++) {
    const block = node_block(node, index, true);
    if (block == 0) return node_error != 0 ? node_error : ENOSPC;
    if (!node_fresh) continue;
    block_forget(block);
    if (empty) {
      set_page_flags(pager, page, page_flags(pager, page) | PAGE_FRESH);
      continue;
    }
    if ((page_flags(pager, page) & PAGE_FRESH) != 0) continue;
    const error = data_clear(block);
    if (error != 0) return error;
  }
  return 0;
}

/** Sees to it that `count` pages from `page` on have their blocks, as far as the file reaches. 0 or an error. */
export function take_pages(pager: FilePager, page: u32, count: u32): i32 {
  const limit = <u32>((node_size(pager.node) + <u64>(block_bytes - 1)) / <u64>block_bytes);
  const error = volume_writable();
  if (error != 0) return error;
  for (let index: u32 = 0; index < count; index++) {
    const result = take_page(pager, page + index, limit);
    if (result != 0) return result;
  }
  return 0;
}
