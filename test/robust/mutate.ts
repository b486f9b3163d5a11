/** Broken programs: one ELF file in, a random variation of it out. */
import { EHDR, PHDR } from '../../src/abi/elf.ts';
import type { Random } from './random.ts';

/** Values at which header fields go wrong. */
const ODD = [
  0, 1, 2, 3, 4, 7, 31, 32, 51, 52, 53, 0xfff, 0x1000, 0x1001, 0x7fff, 0x8000, 0xffff, 0x10000, 0x8047fff, 0x8048000,
  0x8048001, 0x7fffffff, 0x80000000, 0xbffff000, 0xbfffffff, 0xc0000000, 0xc0100fff, 0xfffff000, 0xfffffff0, 0xffffffff,
];
const TYPES = [0, 1, 2, 3, 4, 5, 6, 7, 0x6474e550, 0x6474e551, 0x6474e552, 0x70000000, 0xffffffff];
const MAGICS = [
  [0x0b, 0x01, 0x64, 0x00], // a.out ZMAGIC
  [0x07, 0x01, 0x64, 0x00], // a.out OMAGIC
  [0x4d, 0x5a],
  [0xca, 0xfe, 0xba, 0xbe],
  [0x23, 0x21],
  [0x23, 0x21, 0x2f, 0x6d, 0x2f, 0x30, 0x30, 0x30, 0x31, 0x0a],
  [0x7f, 0x45, 0x4c, 0x46, 2],
  [0x7f, 0x45, 0x4c, 0x46, 1, 2],
];

type Bytes = Uint8Array<ArrayBuffer>;
type Change = (bytes: Bytes, view: DataView, random: Random) => Bytes | undefined;

const headers = (view: DataView): number => Math.min(view.getUint16(EHDR.at.e_phnum as number, true), 8);

/** A field of the file header gets an odd value. */
const fileHeader: Change = (_bytes, view, random) => {
  const field = random.pick(Object.values(EHDR.at) as number[]);
  if (field === EHDR.at.e_entry || field === EHDR.at.e_phoff) view.setUint32(field, random.pick(ODD), true);
  else view.setUint16(field, random.pick(ODD) & 0xffff, true);
};

/** A field of a program header gets an odd value, or a little more or less. */
const programHeader: Change = (_bytes, view, random) => {
  const base = EHDR.size + random.below(headers(view)) * PHDR.size;
  const field = base + random.pick(Object.values(PHDR.at) as number[]);
  if (field + 4 > view.byteLength) return;
  const value = field === base ? random.pick(TYPES) : random.pick(ODD);
  const near = view.getUint32(field, true) + random.pick([-4096, -1, 1, 4096, 0x100000]);
  view.setUint32(field, random.below(2) ? value : near, true);
};

/** One program header becomes a copy of another, a bit moved: segments overlap. */
const overlap: Change = (bytes, view, random) => {
  const from = EHDR.size + random.below(headers(view)) * PHDR.size;
  const to = EHDR.size + random.below(headers(view)) * PHDR.size;
  if (Math.max(from, to) + PHDR.size > bytes.length) return;
  bytes.copyWithin(to, from, from + PHDR.size);
  const field = to + random.pick([PHDR.at.p_vaddr, PHDR.at.p_memsz, PHDR.at.p_filesz, PHDR.at.p_offset] as number[]);
  view.setUint32(field, view.getUint32(field, true) + random.pick([0, 1, 0x800, 0x1000, -0x1000, 0x10000000]), true);
};

/** An interpreter is asked for, with a path from somewhere in the file. */
const interpreter: Change = (_bytes, view, random) => {
  const base = EHDR.size + random.below(headers(view)) * PHDR.size;
  if (base + PHDR.size > view.byteLength) return;
  view.setUint32(base + (PHDR.at.p_type as number), 3, true);
  view.setUint32(base + (PHDR.at.p_offset as number), random.below(view.byteLength + 100), true);
  view.setUint32(base + (PHDR.at.p_filesz as number), random.pick([0, 1, 2, 3, 7, 8, 4096, 4097]), true);
};

const flips: Change = (bytes, _view, random) => {
  const where = random.pick([EHDR.size, EHDR.size + 3 * PHDR.size, 1024, bytes.length]);
  for (let n = 1 + random.below(16); n > 0; n--)
    bytes[random.below(Math.min(where, bytes.length))] ^= 1 << random.below(8);
};

const noise: Change = (bytes, _view, random) => {
  const start = random.below(bytes.length);
  const end = Math.min(bytes.length, start + random.pick([1, 4, 64, 1024]));
  for (let at = start; at < end; at++) bytes[at] = random.word();
};

const truncate: Change = (bytes, _view, random) =>
  bytes.slice(0, random.pick([0, 1, 2, 4, 16, 51, 52, 83, 84, 85, 4095, 4096, 4097, random.below(bytes.length)]));

const magic: Change = (bytes, _view, random) => {
  bytes.set(random.pick(MAGICS).slice(0, bytes.length));
};

const CHANGES: readonly Change[] = [
  fileHeader,
  programHeader,
  programHeader,
  programHeader,
  overlap,
  interpreter,
  flips,
  noise,
  truncate,
  magic,
];

/** A copy of the program with one to three things wrong. */
export function mutate(program: Uint8Array, random: Random): Uint8Array {
  let bytes: Bytes = Uint8Array.from(program);
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    if (bytes.length < EHDR.size + PHDR.size) break;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    bytes = random.pick(CHANGES)(bytes, view, random) ?? bytes;
  }
  return bytes;
}
