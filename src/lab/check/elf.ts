import * as elf from '../../abi/elf.ts';

/** A stretch of executable code. */
export interface Code {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** A function's or label's name. */
export interface Symbol32 {
  readonly name: string;
  readonly address: number;
  readonly size: number;
}

/** What the static check needs of an executable. */
export interface Executable {
  readonly code: readonly Code[];
  /** Sorted by address; empty where the file was stripped. */
  readonly symbols: readonly Symbol32[];
  /** True where the program asks for an interpreter: the code of its libraries is not in this file. */
  readonly dynamic: boolean;
  /** Path of the interpreter (the dynamic linker); '' where the program asks for none. */
  readonly interpreter: string;
  /** Names of the libraries that it needs itself, in order. */
  readonly needed: readonly string[];
}

const { at: EH } = elf.EHDR;
const { at: PH } = elf.PHDR;
const { at: SH } = elf.SHDR;
const { at: SY } = elf.SYM;

/** Reads an i386 ELF executable; a string says why it is none. Offsets that point outside the file are left out. */
export function readExecutable(bytes: Uint8Array): Executable | string {
  const v = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < elf.EHDR.size || v.getUint32(0, true) !== elf.ELFMAG) return 'not an ELF file';
  const bits = bytes[elf.EI_CLASS] === elf.ELFCLASS64 ? ' (64-bit)' : '';
  if (bytes[elf.EI_CLASS] !== elf.ELFCLASS32 || v.getUint16(EH.e_machine, true) !== elf.EM_386)
    return `not an i386 program${bits}`;
  const type = v.getUint16(EH.e_type, true);
  if (type !== elf.ET_EXEC && type !== elf.ET_DYN) return 'neither an executable nor a shared object';
  const sections = table(v, EH.e_shoff, EH.e_shnum, elf.SHDR.size);
  const segments = table(v, EH.e_phoff, EH.e_phnum, elf.PHDR.size);
  const executable = sections.filter(
    (s) => s.getUint32(SH.sh_type, true) === elf.SHT_PROGBITS && s.getUint32(SH.sh_flags, true) & elf.SHF_EXECINSTR,
  );
  const code =
    executable.length > 0
      ? executable.map((s) => slice(bytes, s, SH.sh_addr, SH.sh_offset, SH.sh_size))
      : segments
          .filter((p) => p.getUint32(PH.p_type, true) === elf.PT_LOAD && p.getUint32(PH.p_flags, true) & elf.PF_X)
          .map((p) => slice(bytes, p, PH.p_vaddr, PH.p_offset, PH.p_filesz));
  const asks = segments.find((p) => p.getUint32(PH.p_type, true) === elf.PT_INTERP);
  const interpreter = asks ? nameAt(slice(bytes, asks, PH.p_vaddr, PH.p_offset, PH.p_filesz).bytes, 0) : '';
  return {
    code,
    symbols: symbolsOf(v, bytes, sections),
    dynamic: asks !== undefined,
    interpreter,
    needed: neededBy(v, bytes, segments),
  };
}

/** Dynamic section: {tag, value} pairs; the names of DT_NEEDED lie in the table at DT_STRTAB (an address). */
const DT_NULL = 0;
const DT_NEEDED = 1;
const DT_STRTAB = 5;

function neededBy(v: DataView, bytes: Uint8Array, segments: readonly DataView[]): string[] {
  const dynamic = segments.find((p) => p.getUint32(PH.p_type, true) === elf.PT_DYNAMIC);
  if (!dynamic) return [];
  const start = dynamic.getUint32(PH.p_offset, true);
  const end = Math.min(start + dynamic.getUint32(PH.p_filesz, true), bytes.length);
  const names: number[] = [];
  let strings = 0;
  for (let at = start; at + 8 <= end; at += 8) {
    const tag = v.getInt32(at, true);
    if (tag === DT_NULL) break;
    if (tag === DT_NEEDED) names.push(v.getUint32(at + 4, true));
    if (tag === DT_STRTAB) strings = v.getUint32(at + 4, true);
  }
  const holder = segments.find((p) => {
    const first = p.getUint32(PH.p_vaddr, true);
    return (
      p.getUint32(PH.p_type, true) === elf.PT_LOAD &&
      strings >= first &&
      strings < first + p.getUint32(PH.p_filesz, true)
    );
  });
  if (!holder) return [];
  const table = strings - holder.getUint32(PH.p_vaddr, true) + holder.getUint32(PH.p_offset, true);
  return names.map((name) => nameAt(bytes, table + name));
}

function table(v: DataView, offsetAt: number, countAt: number, size: number): DataView[] {
  const offset = v.getUint32(offsetAt, true);
  const count = v.getUint16(countAt, true);
  if (offset === 0 || offset + count * size > v.byteLength) return [];
  return Array.from({ length: count }, (_, i) => new DataView(v.buffer, v.byteOffset + offset + i * size, size));
}

function slice(bytes: Uint8Array, v: DataView, addressAt: number, offsetAt: number, sizeAt: number): Code {
  const offset = v.getUint32(offsetAt, true);
  return { address: v.getUint32(addressAt, true), bytes: bytes.subarray(offset, offset + v.getUint32(sizeAt, true)) };
}

function symbolsOf(v: DataView, bytes: Uint8Array, sections: readonly DataView[]): Symbol32[] {
  const found = new Map<number, Symbol32>();
  for (const section of sections) {
    const type = section.getUint32(SH.sh_type, true);
    if (type !== elf.SHT_SYMTAB && type !== elf.SHT_DYNSYM) continue;
    const strings = sections[section.getUint32(SH.sh_link, true)];
    if (!strings) continue;
    const names = slice(bytes, strings, SH.sh_addr, SH.sh_offset, SH.sh_size).bytes;
    const start = section.getUint32(SH.sh_offset, true);
    const end = Math.min(start + section.getUint32(SH.sh_size, true), bytes.length);
    for (let at = start; at + elf.SYM.size <= end; at += elf.SYM.size) {
      const kind = v.getUint8(at + SY.st_info) & 15;
      const address = v.getUint32(at + SY.st_value, true);
      if ((kind !== elf.STT_FUNC && kind !== elf.STT_NOTYPE) || address === 0) continue;
      const name = nameAt(names, v.getUint32(at + SY.st_name, true));
      const known = found.get(address);
      if (name === '' || (known && known.size > 0)) continue;
      found.set(address, { name, address, size: v.getUint32(at + SY.st_size, true) });
    }
  }
  return [...found.values()].sort((a, b) => a.address - b.address);
}

function nameAt(names: Uint8Array, at: number): string {
  const end = names.indexOf(0, at);
  return String.fromCharCode(...names.subarray(at, end < 0 ? at : end));
}
