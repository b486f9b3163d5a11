/**
 * ELF32 as i386 Linux uses it (System V ABI, Intel386 supplement; elf(5); include/uapi/linux/elf.h) and the
 * auxiliary vector (getauxval(3)).
 */

import { layout } from './structs.ts';

/** Elf32_Ehdr. */
export const EHDR = layout('elf32_hdr', {
  e_ident: 16,
  e_type: 2,
  e_machine: 2,
  e_version: 4,
  e_entry: 4,
  e_phoff: 4,
  e_shoff: 4,
  e_flags: 4,
  e_ehsize: 2,
  e_phentsize: 2,
  e_phnum: 2,
  e_shentsize: 2,
  e_shnum: 2,
  e_shstrndx: 2,
});

/** Elf32_Phdr. */
export const PHDR = layout('elf32_phdr', {
  p_type: 4,
  p_offset: 4,
  p_vaddr: 4,
  p_paddr: 4,
  p_filesz: 4,
  p_memsz: 4,
  p_flags: 4,
  p_align: 4,
});

/** Elf32_Shdr. */
export const SHDR = layout('elf32_shdr', {
  sh_name: 4,
  sh_type: 4,
  sh_flags: 4,
  sh_addr: 4,
  sh_offset: 4,
  sh_size: 4,
  sh_link: 4,
  sh_info: 4,
  sh_addralign: 4,
  sh_entsize: 4,
});

/** Elf32_Sym. */
export const SYM = layout('elf32_sym', { st_name: 4, st_value: 4, st_size: 4, st_info: 1, st_other: 1, st_shndx: 2 });

/** The first word of e_ident, little endian: 0x7f 'E' 'L' 'F'. */
export const ELFMAG = 0x464c457f;

// e_ident: indexes and values.
export const EI_CLASS = 4;
export const EI_DATA = 5;
export const EI_VERSION = 6;
export const EI_OSABI = 7;
export const ELFCLASS32 = 1;
export const ELFCLASS64 = 2;
export const ELFDATA2LSB = 1;
export const EV_CURRENT = 1;

// e_type.
export const ET_REL = 1;
export const ET_EXEC = 2;
export const ET_DYN = 3;
export const ET_CORE = 4;

// e_machine.
export const EM_386 = 3;
export const EM_X86_64 = 62;

// p_type.
export const PT_NULL = 0;
export const PT_LOAD = 1;
export const PT_DYNAMIC = 2;
export const PT_INTERP = 3;
export const PT_NOTE = 4;
export const PT_PHDR = 6;
export const PT_TLS = 7;
export const PT_GNU_STACK = 0x6474e551;
export const PT_GNU_RELRO = 0x6474e552;

// p_flags.
export const PF_X = 1;
export const PF_W = 2;
export const PF_R = 4;

// sh_type and sh_flags.
export const SHT_PROGBITS = 1;
export const SHT_SYMTAB = 2;
export const SHT_STRTAB = 3;
export const SHT_NOBITS = 8;
export const SHT_DYNSYM = 11;
export const SHF_WRITE = 0x1;
export const SHF_ALLOC = 0x2;
export const SHF_EXECINSTR = 0x4;

// The low four bits of st_info.
export const STT_NOTYPE = 0;
export const STT_OBJECT = 1;
export const STT_FUNC = 2;
export const STT_SECTION = 3;

// Auxiliary vector: pairs of words above the environment, ended by AT_NULL.
export const AT_NULL = 0;
export const AT_IGNORE = 1;
export const AT_EXECFD = 2;
export const AT_PHDR = 3;
export const AT_PHENT = 4;
export const AT_PHNUM = 5;
export const AT_PAGESZ = 6;
export const AT_BASE = 7;
export const AT_FLAGS = 8;
export const AT_ENTRY = 9;
export const AT_NOTELF = 10;
export const AT_UID = 11;
export const AT_EUID = 12;
export const AT_GID = 13;
export const AT_EGID = 14;
export const AT_PLATFORM = 15;
export const AT_HWCAP = 16;
export const AT_CLKTCK = 17;
export const AT_SECURE = 23;
export const AT_BASE_PLATFORM = 24;
export const AT_RANDOM = 25;
export const AT_HWCAP2 = 26;
export const AT_EXECFN = 31;
export const AT_SYSINFO = 32;
export const AT_SYSINFO_EHDR = 33;
export const AT_MINSIGSTKSZ = 51;
