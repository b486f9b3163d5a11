/**
 * Programs in the a.out format, as Linux loaded them until 5.18 (fs/binfmt_aout.c; the numbers are those of its
 * a.out.h on i386):
 *
 *             in the file at   text at    data at
 *   OMAGIC    32               0          right behind the text        text can be written
 *   NMAGIC    32               0          right behind the text        (the file is not laid out in pages)
 *   ZMAGIC    1024             0          right behind the text
 *   QMAGIC    0 (with header)  0x1000     next multiple of 1024        mapped from the file
 *
 * bss follows the data; the stack is argc, argv, envp, the two vectors, then the strings.
 */
import { EINVAL, ENOEXEC, ENOMEM } from '../../abi/errno.ts';
import { MAP_FIXED, MAP_PRIVATE, PROT_EXEC, PROT_READ, PROT_WRITE } from '../../abi/flags.ts';
import { layout } from '../../abi/structs.ts';
import { FileBacking } from '../memory/backing.ts';
import { PAGE } from '../memory/frames.ts';
import { mapPages } from '../memory/map.ts';
import type { UserMemory } from '../memory/user.ts';
import type { Kernel } from '../platform.ts';
import type { System } from '../system.ts';
import { readFile } from './read.ts';

/** struct exec: magic number (low half of a_info), sizes in bytes, entry point. */
const EXEC = layout('exec', {
  a_info: 4,
  a_text: 4,
  a_data: 4,
  a_bss: 4,
  a_syms: 4,
  a_entry: 4,
  a_trsize: 4,
  a_drsize: 4,
});
const OMAGIC = 0o407;
const NMAGIC = 0o410;
const ZMAGIC = 0o413;
const QMAGIC = 0o314;
/** Where the text lies in the file, by magic number (N_TXTOFF). */
const TEXT_OFFSET: ReadonlyMap<number, number> = new Map([
  [OMAGIC, EXEC.size],
  [NMAGIC, EXEC.size],
  [ZMAGIC, 1024],
  [QMAGIC, 0],
]);
/** Data of all but OMAGIC begins at a multiple of this (SEGMENT_SIZE). */
const SEGMENT = 1024;
const ALL = PROT_READ | PROT_WRITE | PROT_EXEC;
const CHUNK = 65536;

/** An a.out program: addresses and sizes in bytes. */
export interface Aout {
  readonly magic: number;
  readonly textOffset: number;
  readonly textAddress: number;
  readonly text: number;
  readonly data: number;
  readonly dataAddress: number;
  readonly bss: number;
  readonly entry: number;
}

/** The header of an a.out program in the first bytes of a file: undefined when it is none, -ENOEXEC when it is not whole. */
export function parseAout(head: Uint8Array, size: number): Aout | number | undefined {
  if (head.length < EXEC.size) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const word = (field: keyof typeof EXEC.at) => view.getUint32(EXEC.at[field], true);
  const magic = word('a_info') & 0xffff;
  const textOffset = TEXT_OFFSET.get(magic);
  if (textOffset === undefined) return undefined;
  const [text, data, bss] = [word('a_text'), word('a_data'), word('a_bss')];
  if (word('a_trsize') !== 0 || word('a_drsize') !== 0) return -ENOEXEC;
  if (size < text + data + word('a_syms') + textOffset) return -ENOEXEC;
  const textAddress = magic === QMAGIC ? PAGE : 0;
  const end = textAddress + text;
  const dataAddress = magic === OMAGIC ? end : Math.ceil(end / SEGMENT) * SEGMENT;
  return { magic, textOffset, textAddress, text, data, dataAddress, bss, entry: word('a_entry') };
}

/** Fills a new address space with the program; 0 or -errno. `file` stays the caller's. */
export function* loadAout(system: System, user: UserMemory, file: number, program: Aout): Kernel<number> {
  const { space } = user;
  const { textAddress, text, data, dataAddress, bss, textOffset, magic } = program;
  const bssStart = dataAddress + data;
  const end = bssStart + bss;
  if (end > space.pool.topPage * PAGE) return -ENOMEM;
  const failed =
    magic === QMAGIC
      ? mapFile(user, file, textAddress, text, PROT_READ | PROT_EXEC, 0) ||
        mapFile(user, file, dataAddress, data, ALL, textOffset + text)
      : mapZeros(user, textAddress, textAddress + text + data) ||
        (yield* copyIn(system, user, file, textAddress, text + data, textOffset));
  if (failed < 0) return failed;
  const heap = Math.ceil(bssStart / PAGE) * PAGE;
  const zeros = mapZeros(user, heap, end);
  if (zeros < 0) return zeros;
  space.heapStart = bssStart;
  space.heapEnd = end;
  space.image = [textAddress, textAddress + text, dataAddress, bssStart];
  return 0;
}

/** Zeros from a page's start on (vm_brk); they may be executed, since these programs know no other memory. */
function mapZeros({ space }: UserMemory, start: number, end: number): number {
  if (end <= start) return 0;
  const request = { address: start, length: end - start, protection: ALL, backing: null, offset: 0, mayWrite: true };
  return Math.min(0, mapPages(space, { ...request, flags: MAP_PRIVATE | MAP_FIXED }));
}

function mapFile(
  { space }: UserMemory,
  file: number,
  address: number,
  length: number,
  rights: number,
  at: number,
): number {
  if (length === 0) return 0;
  if (address % PAGE !== 0 || at % PAGE !== 0) return -EINVAL;
  const { pool } = space;
  pool.files.hold(file);
  const backing = new FileBacking(pool, file);
  const mapped = mapPages(space, {
    address,
    length,
    protection: rights,
    flags: MAP_PRIVATE | MAP_FIXED,
    backing,
    offset: at / PAGE,
    mayWrite: true,
  });
  if (mapped < 0) backing.drop();
  return Math.min(0, mapped);
}

function* copyIn(
  system: System,
  user: UserMemory,
  file: number,
  address: number,
  length: number,
  at: number,
): Kernel<number> {
  for (let done = 0; done < length; ) {
    const bytes = yield* readFile(system, file, at + done, Math.min(CHUNK, length - done));
    if (typeof bytes === 'number') return bytes;
    if (bytes.length === 0) return -ENOEXEC;
    if ((yield* user.bring(address + done, bytes.length, true)) < bytes.length) return -ENOMEM;
    user.write(address + done, bytes);
    done += bytes.length;
  }
  return 0;
}
