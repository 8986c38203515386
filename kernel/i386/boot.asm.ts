// From the boot loader (Multiboot Specification 0.6.96, section 3.2: protected mode, flat segments, paging off,
// interrupts off) to kernel_main at its linked address. The processor pages from here on; pmap_bootstrap replaces the
// page tables built here.
import { CR0_PG } from "../../abi/i386";
import { MULTIBOOT_HEADER_MAGIC, MULTIBOOT_MEMORY_INFO, MULTIBOOT_PAGE_ALIGN } from "../../abi/multiboot";
import { cr0, cr3, dword, eax, ebx, ecx, edi, esp, mem, symbol, type Assembler } from "../../tools/asm";

const HEADER_FLAGS = MULTIBOOT_PAGE_ALIGN | MULTIBOOT_MEMORY_INFO;

const DIRECT_MAP_BASE = 0xc0000000;
const PAGE_SIZE = 4096;
/** Page tables for the first 32 MiB, seen at their physical and at their direct-mapped addresses. */
const BOOT_TABLES = 8;
const BOOT_PAGES = BOOT_TABLES * 1024;
/** Present, writable. */
const PTE_RW = 3;
/** First page-directory entry of the direct map. */
const DIRECT_MAP_PDE = DIRECT_MAP_BASE >>> 22;
const BOOT_STACK_SIZE = 8192;

/** A symbol of the linked image, before paging: address plus `offset`, physical. */
function physical(name: string, offset = 0) {
  return symbol(name, offset - DIRECT_MAP_BASE);
}

export default function boot(a: Assembler): void {
  a.section(".boot").outermostFrame();
  a.label("multiboot_header");
  a.dd(MULTIBOOT_HEADER_MAGIC, HEADER_FLAGS, -(MULTIBOOT_HEADER_MAGIC + HEADER_FLAGS) >>> 0);

  // EAX = loader magic, EBX = physical address of the information structure.
  a.function("_start");
  a.mov(esp, physical("boot_stack_end"));
  a.push(eax);
  mapFirstMegabytes(a);
  a.mov(eax, physical("boot_directory")).mov(cr3, eax);
  a.mov(eax, cr0).or(eax, CR0_PG).mov(cr0, eax);
  a.jmp("boot_paging").label("boot_paging");
  a.pop(eax);
  // kernel_main(magic, information), on the direct-mapped alias of the same stack.
  a.add(esp, DIRECT_MAP_BASE);
  a.push(0).popfd();
  a.push(ebx).push(eax);
  a.mov(eax, symbol("__module_start")).call(eax);
  a.mov(eax, symbol("kernel_main")).call(eax);
  a.label("boot_halt").hlt().jmp("boot_halt");

  a.section(".data").align(PAGE_SIZE, 0);
  a.label("boot_directory").space(PAGE_SIZE);
  a.label("boot_tables").space(BOOT_TABLES * PAGE_SIZE);
  a.space(BOOT_STACK_SIZE).label("boot_stack_end");
}

function mapFirstMegabytes(a: Assembler): void {
  a.mov(edi, physical("boot_tables"));
  a.mov(eax, PTE_RW).mov(ecx, BOOT_PAGES);
  a.label("boot_fill_tables");
  a.mov(mem(edi), eax).add(edi, 4).add(eax, PAGE_SIZE).dec(ecx).jne("boot_fill_tables");

  a.mov(edi, physical("boot_directory"));
  a.mov(eax, physical("boot_tables", PTE_RW)).mov(ecx, BOOT_TABLES);
  a.label("boot_fill_directory");
  a.mov(mem(edi), eax).mov(dword(edi, DIRECT_MAP_PDE * 4), eax);
  a.add(edi, 4).add(eax, PAGE_SIZE).dec(ecx).jne("boot_fill_directory");
}
