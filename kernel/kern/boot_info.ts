// What the boot loader says: memory, command line, modules (Multiboot Specification 0.6.96, section 3.3). The structures
// lie in physical memory below the first free page and stay there; they are read through the direct map.
import {
  MBI_CMDLINE,
  MBI_ELF_ADDR,
  MBI_ELF_NUM,
  MBI_ELF_SIZE,
  MBI_FLAGS,
  MBI_MEM_UPPER,
  MBI_MMAP_ADDR,
  MBI_MMAP_LENGTH,
  MBI_MODS_ADDR,
  MBI_MODS_COUNT,
  MBM_END,
  MBM_START,
  MBM_STRING,
  MBMM_ADDR,
  MBMM_LEN,
  MBMM_SIZE,
  MBMM_TYPE,
  MULTIBOOT_BOOTLOADER_MAGIC,
  MULTIBOOT_INFO_CMDLINE,
  MULTIBOOT_INFO_ELF_SHDR,
  MULTIBOOT_INFO_MEM_MAP,
  MULTIBOOT_INFO_MEMORY,
  MULTIBOOT_INFO_MODS,
  MULTIBOOT_INFO_SIZE,
  MULTIBOOT_MEMORY_AVAILABLE,
  MULTIBOOT_MODULE_SIZE,
} from "../../abi/multiboot";
import { SH_ADDR, SH_LINK, SH_SIZE, SH_TYPE, SHT_STRTAB, SHT_SYMTAB } from "../../abi/elf";
import { db_sym_init } from "../ddb/db_sym";
import { kernel_end_address } from "../i386/asm";
import { DIRECT_MAP_SIZE, phys_to_virt, round_page, trunc_page, virt_to_phys } from "../i386/vm_param";
import { vm_page_load, vm_page_reclaim } from "../vm/vm_resident";
import { bytes_length } from "./bytes";
import { command_line_set } from "./command_line";
import { panic } from "./debug";

const MEGABYTE: u32 = 0x100000;
/** Modules beyond this many are ignored. */
const MODULES_MAX: u32 = 128;

const EMPTY_STRING: usize = memory.data(4);

/** The information structure, in the direct map. */
let information: usize = 0;
let modules: usize = 0;
let module_count: u32 = 0;

/** Takes over the loader's registers. `physical` is the information structure's address. */
export function boot_info_init(magic: u32, physical: u32): void {
  command_line_set(EMPTY_STRING);
  if (magic != <u32>MULTIBOOT_BOOTLOADER_MAGIC) return;
  information = <usize>phys_to_virt(physical);
  const flags = load<u32>(information + MBI_FLAGS);
  if (flags & MULTIBOOT_INFO_CMDLINE) command_line_set(boot_string(load<u32>(information + MBI_CMDLINE)));
  if (flags & MULTIBOOT_INFO_MODS) {
    modules = <usize>phys_to_virt(load<u32>(information + MBI_MODS_ADDR));
    module_count = min<u32>(load<u32>(information + MBI_MODS_COUNT), MODULES_MAX);
  }
  find_symbols();
}

/** The sections of the kernel's file, when the loader has loaded those of the symbols; see first_free. */
function section(index: u32): usize {
  const headers = <usize>phys_to_virt(load<u32>(information + MBI_ELF_ADDR));
  return headers + <usize>(index * load<u32>(information + MBI_ELF_SIZE));
}

function section_count(): u32 {
  return load<u32>(information + MBI_FLAGS) & MULTIBOOT_INFO_ELF_SHDR
    ? load<u32>(information + MBI_ELF_NUM)
    : 0;
}

/** Whether a section is one of those that hold symbols, and was loaded into memory below the direct map's end. */
function is_loaded(header: usize): bool {
  const type = load<u32>(header + SH_TYPE);
  if (type != SHT_SYMTAB && type != SHT_STRTAB) return false;
  const address = load<u32>(header + SH_ADDR);
  return (
    address >= MEGABYTE &&
    address < DIRECT_MAP_SIZE &&
    load<u32>(header + SH_SIZE) < DIRECT_MAP_SIZE - address
  );
}

/** Tells the debugger of the kernel's symbols. */
function find_symbols(): void {
  const count = section_count();
  for (let i: u32 = 0; i < count; i++) {
    const symbols = section(i);
    if (load<u32>(symbols + SH_TYPE) != SHT_SYMTAB || !is_loaded(symbols)) continue;
    const link = load<u32>(symbols + SH_LINK);
    if (link >= count || !is_loaded(section(link))) continue;
    db_sym_init(
      section_data(symbols),
      load<u32>(symbols + SH_SIZE),
      section_data(section(link)),
      load<u32>(section(link) + SH_SIZE),
    );
  }
}

function section_data(header: usize): usize {
  return <usize>phys_to_virt(load<u32>(header + SH_ADDR));
}

/** The loader's information structure (MBI_*), MULTIBOOT_INFO_SIZE bytes. */
export function boot_information(): usize {
  return information;
}

function boot_string(physical: u32): usize {
  return physical == 0 ? EMPTY_STRING : <usize>phys_to_virt(physical);
}

export function boot_module_count(): u32 {
  return module_count;
}

function boot_module(index: u32): usize {
  return modules + <usize>(index * MULTIBOOT_MODULE_SIZE);
}

/** Address of a module's first byte in the direct map. */
export function boot_module_data(index: u32): usize {
  return <usize>phys_to_virt(load<u32>(boot_module(index) + MBM_START));
}

export function boot_module_size(index: u32): u32 {
  return load<u32>(boot_module(index) + MBM_END) - load<u32>(boot_module(index) + MBM_START);
}

/** A module's command line, 0-terminated. */
export function boot_module_string(index: u32): usize {
  return boot_string(load<u32>(boot_module(index) + MBM_STRING));
}

/** Gives the modules' pages to the free list. Their command lines stay. */
export function boot_modules_free(): void {
  for (let i: u32 = 0; i < module_count; i++) {
    const start = round_page(load<u32>(boot_module(i) + MBM_START));
    const end = trunc_page(load<u32>(boot_module(i) + MBM_END));
    if (start < end) vm_page_reclaim(start, end);
  }
}

/** Tells vm_page_load of all usable memory. Returns the first physical address behind kernel and boot data. */
export function boot_memory_load(): u32 {
  if (information == 0) {
    panic("not started by a multiboot loader");
    return 0;
  }
  const flags = load<u32>(information + MBI_FLAGS);
  if (flags & MULTIBOOT_INFO_MEM_MAP) load_memory_map();
  else if (flags & MULTIBOOT_INFO_MEMORY) {
    const kilobytes = min<u32>(load<u32>(information + MBI_MEM_UPPER), DIRECT_MAP_SIZE >> 10);
    load_range(MEGABYTE, <u64>MEGABYTE + ((<u64>kilobytes) << 10));
  } else panic("the boot loader does not tell the memory's size");
  return first_free();
}

function load_memory_map(): void {
  const start = <usize>phys_to_virt(load<u32>(information + MBI_MMAP_ADDR));
  const end = start + load<u32>(information + MBI_MMAP_LENGTH);
  let entry = start;
  while (entry + MBMM_TYPE + 4 <= end) {
    if (load<u32>(entry + MBMM_TYPE) == MULTIBOOT_MEMORY_AVAILABLE) {
      const address = load_u64(entry + MBMM_ADDR);
      load_range(address, address + load_u64(entry + MBMM_LEN));
    }
    entry += load<u32>(entry + MBMM_SIZE) + 4;
  }
}

function load_u64(address: usize): u64 {
  return (<u64>load<u32>(address)) | ((<u64>load<u32>(address + 4)) << 32);
}

/** Whole pages of [start, end) above the first megabyte and within reach of the direct map. */
function load_range(start: u64, end: u64): void {
  const from = max<u64>(start, MEGABYTE);
  const to = min<u64>(end, DIRECT_MAP_SIZE);
  if (from >= to) return;
  const first = round_page(<u32>from);
  const last = trunc_page(<u32>to);
  if (first < last) vm_page_load(first, last);
}

/** The end of everything that must not be overwritten: kernel, modules, symbols, and the loader's structures and strings. */
function first_free(): u32 {
  let end = max<u32>(
    virt_to_phys(<u32>kernel_end_address()),
    virt_to_phys(<u32>information) + MULTIBOOT_INFO_SIZE,
  );
  const flags = load<u32>(information + MBI_FLAGS);
  if (flags & MULTIBOOT_INFO_MEM_MAP) {
    end = max<u32>(end, load<u32>(information + MBI_MMAP_ADDR) + load<u32>(information + MBI_MMAP_LENGTH));
  }
  if (flags & MULTIBOOT_INFO_CMDLINE) end = max<u32>(end, string_end(load<u32>(information + MBI_CMDLINE)));
  if (module_count != 0) end = max<u32>(end, virt_to_phys(<u32>boot_module(module_count)));
  for (let i: u32 = 0; i < module_count; i++) {
    end = max<u32>(end, load<u32>(boot_module(i) + MBM_END));
    end = max<u32>(end, string_end(load<u32>(boot_module(i) + MBM_STRING)));
  }
  return round_page(max<u32>(end, sections_end()));
}

function sections_end(): u32 {
  const count = section_count();
  let end = count == 0 ? 0 : virt_to_phys(<u32>section(count));
  for (let i: u32 = 0; i < count; i++) {
    const header = section(i);
    if (is_loaded(header)) end = max<u32>(end, load<u32>(header + SH_ADDR) + load<u32>(header + SH_SIZE));
  }
  return end;
}

function string_end(physical: u32): u32 {
  return physical == 0 ? 0 : physical + bytes_length(<usize>phys_to_virt(physical)) + 1;
}
