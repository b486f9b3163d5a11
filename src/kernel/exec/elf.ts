import {
  EHDR,
  ELFMAG,
  EM_386,
  ET_DYN,
  ET_EXEC,
  PF_R,
  PF_W,
  PF_X,
  PHDR,
  PT_GNU_STACK,
  PT_INTERP,
  PT_LOAD,
} from '../../abi/elf.ts';
import { EINVAL, ENOEXEC } from '../../abi/errno.ts';
import { PROT_EXEC, PROT_READ, PROT_WRITE } from '../../abi/flags.ts';

const EM_486 = 6;
/** Program headers may fill this many bytes (ELF_MIN_ALIGN's limit of 64 KiB in load_elf_phdrs). */
const PHDRS_MAX = 65536;

/** What the file header says that the loader needs; addresses and offsets in bytes. */
export interface Header {
  readonly dynamic: boolean;
  readonly entry: number;
  readonly phdrs: number;
  readonly phdrCount: number;
}

/** A PT_LOAD segment. */
export interface Segment {
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly align: number;
  /** PROT_* bits. */
  readonly rights: number;
}

/** What the program headers ask for. */
export interface Program {
  readonly segments: readonly Segment[];
  /** Where the interpreter's path lies in the file. */
  readonly interpreter: { readonly offset: number; readonly size: number } | undefined;
  /** Absent PT_GNU_STACK: an old program, everything readable is executable. */
  readonly stack: 'absent' | 'executable' | 'plain';
}

/** The ELF header in the first bytes of a file, or -ENOEXEC where Linux's loader would not take it (load_elf_binary). */
export function parseHeader(bytes: Uint8Array): Header | number {
  if (bytes.length < EHDR.size) return -ENOEXEC;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { at } = EHDR;
  if (view.getUint32(0, true) !== ELFMAG) return -ENOEXEC;
  const type = view.getUint16(at.e_type, true);
  if (type !== ET_EXEC && type !== ET_DYN) return -ENOEXEC;
  const machine = view.getUint16(at.e_machine, true);
  if (machine !== EM_386 && machine !== EM_486) return -ENOEXEC;
  const phdrCount = view.getUint16(at.e_phnum, true);
  if (view.getUint16(at.e_phentsize, true) !== PHDR.size) return -ENOEXEC;
  if (phdrCount < 1 || phdrCount * PHDR.size > PHDRS_MAX) return -ENOEXEC;
  return {
    dynamic: type === ET_DYN,
    entry: view.getUint32(at.e_entry, true),
    phdrs: view.getUint32(at.e_phoff, true),
    phdrCount,
  };
}

/** The program headers; -ENOEXEC for an interpreter's path of impossible length. */
export function parseProgram(bytes: Uint8Array): Program | number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { at } = PHDR;
  const segments: Segment[] = [];
  let interpreter: Program['interpreter'];
  let stack: Program['stack'] = 'absent';
  for (let base = 0; base + PHDR.size <= bytes.length; base += PHDR.size) {
    const type = view.getUint32(base + at.p_type, true);
    const offset = view.getUint32(base + at.p_offset, true);
    const fileSize = view.getUint32(base + at.p_filesz, true);
    const flags = view.getUint32(base + at.p_flags, true);
    if (type === PT_GNU_STACK) stack = flags & PF_X ? 'executable' : 'plain';
    if (type === PT_INTERP && !interpreter) {
      if (fileSize > 4096 || fileSize < 2) return -ENOEXEC;
      interpreter = { offset, size: fileSize };
    }
    if (type !== PT_LOAD) continue;
    segments.push({
      offset,
      address: view.getUint32(base + at.p_vaddr, true),
      fileSize,
      memorySize: view.getUint32(base + at.p_memsz, true),
      align: view.getUint32(base + at.p_align, true),
      rights: (flags & PF_R ? PROT_READ : 0) | (flags & PF_W ? PROT_WRITE : 0) | (flags & PF_X ? PROT_EXEC : 0),
    });
  }
  return { segments, interpreter, stack };
}

/** Checks a segment against the end of the application's range: 0 or -EINVAL. */
export function checkSegment(segment: Segment, bias: number, top: number): number {
  const address = (segment.address + bias) >>> 0;
  if (address >= top || segment.fileSize > segment.memorySize) return -EINVAL;
  if (segment.memorySize > top || top - segment.memorySize < address) return -EINVAL;
  return 0;
}
