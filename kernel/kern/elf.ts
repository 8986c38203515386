// Reading an ELF image in memory. Nothing in it is trusted.
import {
  EI_CLASS,
  EI_DATA,
  E_ENTRY,
  E_MACHINE,
  E_PHENTSIZE,
  E_PHNUM,
  E_PHOFF,
  ELF_HEADER_SIZE,
  E_TYPE,
  ELF_MAGIC,
  ELFCLASS32,
  ELFDATA2LSB,
  EM_386,
  ET_DYN,
  ET_EXEC,
  ET_REL,
  PF_R,
  PF_W,
  PF_X,
  P_FILESZ,
  P_FLAGS,
  P_MEMSZ,
  P_OFFSET,
  ELF_PROGRAM_HEADER_SIZE,
  P_TYPE,
  P_VADDR,
  PT_GNU_STACK,
  PT_LOAD,
} from "../../abi/elf";
import { VM_PROT_ALL, VM_PROT_EXECUTE, VM_PROT_READ, VM_PROT_WRITE } from "../../abi/vm_types";
import { VM_MAX_ADDRESS } from "../i386/vm_param";

export const ELF_OK: i32 = 0;
export const ELF_NOT_ELF: i32 = 1;
export const ELF_WRONG_MACHINE: i32 = 2;
export const ELF_WRONG_TYPE: i32 = 3;
export const ELF_TRUNCATED: i32 = 4;
export const ELF_BAD_SEGMENT: i32 = 5;

/** Added to the addresses of a file that names none of its own. */
const RELOCATABLE_BIAS: u32 = 0x08000000;

@unmanaged
export class ElfImage {
  image!: usize;
  size!: u32;
  /** Added to every address. */
  bias!: u32;
  /** Biased. */
  entry!: u32;
  program_headers!: usize;
  program_header_count!: u32;
  program_header_size!: u32;
  /** VM_PROT_* that PT_GNU_STACK asks for, or all. */
  stack_prot!: u32;
}

@unmanaged
export class ElfSegment {
  /** Where the file's bytes are, and how many. */
  data!: usize;
  file_size!: u32;
  /** Biased; address + memory_size does not go beyond the user range. */
  address!: u32;
  memory_size!: u32;
  prot!: u32;
}

/** Checks the `size` bytes at `image` and every program header, and fills `elf`. */
export function elf_open(image: usize, size: u32, elf: ElfImage): i32 {
  if (size < <u32>ELF_HEADER_SIZE || load<u32>(image) != ELF_MAGIC) return ELF_NOT_ELF;
  if (load<u8>(image + EI_CLASS) != ELFCLASS32 || load<u8>(image + EI_DATA) != ELFDATA2LSB)
    return ELF_WRONG_MACHINE;
  if (load<u16>(image + E_MACHINE) != EM_386) return ELF_WRONG_MACHINE;
  const type = load<u16>(image + E_TYPE);
  if (type != ET_EXEC && type != ET_DYN && type != ET_REL) return ELF_WRONG_TYPE;

  const offset = load<u32>(image + E_PHOFF);
  elf.image = image;
  elf.size = size;
  elf.bias = type == ET_EXEC ? 0 : RELOCATABLE_BIAS;
  elf.entry = load<u32>(image + E_ENTRY) + elf.bias;
  elf.program_headers = image + offset;
  elf.program_header_count = load<u16>(image + E_PHNUM);
  elf.program_header_size = load<u16>(image + E_PHENTSIZE);
  elf.stack_prot = VM_PROT_ALL;
  if (elf.program_header_count != 0 && elf.program_header_size < <u32>ELF_PROGRAM_HEADER_SIZE)
    return ELF_TRUNCATED;
  const table = <u64>elf.program_header_count * elf.program_header_size;
  if (<u64>offset + table > <u64>size) return ELF_TRUNCATED;
  return check_headers(elf);
}

function check_headers(elf: ElfImage): i32 {
  for (let i: u32 = 0; i < elf.program_header_count; i++) {
    const header = program_header(elf, i);
    const type = load<u32>(header + P_TYPE);
    if (type == <u32>PT_GNU_STACK) elf.stack_prot = elf_prot(load<u32>(header + P_FLAGS));
    if (type != PT_LOAD) continue;
    const file_size = load<u32>(header + P_FILESZ);
    const memory_size = load<u32>(header + P_MEMSZ);
    if (<u64>load<u32>(header + P_OFFSET) + file_size > <u64>elf.size) return ELF_TRUNCATED;
    if (file_size > memory_size) return ELF_BAD_SEGMENT;
    if (<u64>load<u32>(header + P_VADDR) + elf.bias + memory_size > <u64>VM_MAX_ADDRESS)
      return ELF_BAD_SEGMENT;
  }
  return ELF_OK;
}

/** Fills `segment` from program header `index` of an opened image; false if that is not to be loaded. */
export function elf_segment(elf: ElfImage, index: u32, segment: ElfSegment): bool {
  const header = program_header(elf, index);
  if (load<u32>(header + P_TYPE) != PT_LOAD) return false;
  segment.data = elf.image + load<u32>(header + P_OFFSET);
  segment.file_size = load<u32>(header + P_FILESZ);
  segment.address = load<u32>(header + P_VADDR) + elf.bias;
  segment.memory_size = load<u32>(header + P_MEMSZ);
  segment.prot = elf_prot(load<u32>(header + P_FLAGS));
  return segment.memory_size != 0;
}

function program_header(elf: ElfImage, index: u32): usize {
  return elf.program_headers + <usize>(index * elf.program_header_size);
}

function elf_prot(flags: u32): u32 {
  return (
    (flags & PF_R ? VM_PROT_READ : 0) |
    (flags & PF_W ? VM_PROT_WRITE : 0) |
    (flags & PF_X ? VM_PROT_EXECUTE : 0)
  );
}
