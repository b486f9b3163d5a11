import { EFAULT, EINVAL, ENOMEM } from '../../abi/errno.ts';
import { MAP_FIXED, MAP_FIXED_NOREPLACE, MAP_PRIVATE, PROT_EXEC, PROT_READ, PROT_WRITE } from '../../abi/flags.ts';
import { FileBacking } from '../memory/backing.ts';
import { PAGE } from '../memory/frames.ts';
import { findGap, mapPages } from '../memory/map.ts';
import type { AddressSpace } from '../memory/space.ts';
import type { UserMemory } from '../memory/user.ts';
import type { Kernel } from '../platform.ts';
import type { Header, Program, Segment } from './elf.ts';
import { checkSegment } from './elf.ts';

/** Where a position-independent program that has an interpreter goes (ELF_ET_DYN_BASE of i386). */
const DYNAMIC_BASE = 0x400000;

/** A program in memory. */
export interface Loaded {
  /** Added to every address of the file. */
  readonly bias: number;
  readonly entry: number;
  /** Address of the program headers, 0 when no segment holds them. */
  readonly phdrs: number;
  /** End of the last segment's memory. */
  readonly end: number;
  /** Code and data: from the lowest to the highest byte of the file that is one or the other. */
  readonly image: readonly [codeStart: number, codeEnd: number, dataStart: number, dataEnd: number];
}

/**
 * Maps the segments of an ELF file: text straight from the page cache, data copy-on-write, the rest zeros. -errno
 * where Linux's loader fails; `file` stays the caller's.
 */
export function* loadSegments(
  user: UserMemory,
  file: number,
  header: Header,
  program: Program,
  hasInterpreter: boolean,
): Kernel<Loaded | number> {
  const { space } = user;
  const { segments } = program;
  const top = space.pool.topPage * PAGE;
  let bias = 0;
  if (header.dynamic) {
    const chosen = chooseBias(space, segments, hasInterpreter ? DYNAMIC_BASE : 0);
    if (chosen < 0) return chosen;
    bias = chosen;
  }
  let end = 0;
  let phdrs = 0;
  for (const [n, segment] of segments.entries()) {
    const invalid = checkSegment(segment, bias, top);
    if (invalid < 0) return invalid;
    const mapped = yield* mapSegment(user, file, segment, bias, n === 0 && !header.dynamic);
    if (mapped < 0) return mapped;
    end = Math.max(end, ((segment.address + bias) >>> 0) + segment.memorySize);
    if (segment.offset <= header.phdrs && header.phdrs < segment.offset + segment.fileSize) {
      phdrs = (header.phdrs - segment.offset + segment.address + bias) >>> 0;
    }
  }
  const entry = (header.entry + bias) >>> 0;
  return entry >= top ? -EINVAL : { bias, entry, phdrs, end, image: imageOf(segments, bias) };
}

/** start_code, end_code, start_data and end_data as load_elf_binary finds them. */
function imageOf(segments: readonly Segment[], bias: number): Loaded['image'] {
  let [codeStart, codeEnd, dataStart, dataEnd] = [0xffffffff, 0, 0, 0];
  for (const { address, fileSize, rights } of segments) {
    const start = (address + bias) >>> 0;
    const end = start + fileSize;
    if (rights & PROT_EXEC) {
      codeStart = Math.min(codeStart, start);
      codeEnd = Math.max(codeEnd, end);
    }
    dataStart = Math.max(dataStart, start);
    dataEnd = Math.max(dataEnd, end);
  }
  return [codeStart, codeEnd, dataStart, dataEnd];
}

/** Maps one segment: its part of the file, then zeros (elf_load). 0 or -errno. */
function* mapSegment(user: UserMemory, file: number, segment: Segment, bias: number, first: boolean): Kernel<number> {
  const { space } = user;
  const address = (segment.address + bias) >>> 0;
  const start = address - (address & (PAGE - 1));
  const memoryEnd = address + segment.memorySize;
  let zerosFrom = start;
  if (segment.fileSize > 0) {
    const mapped = mapFilePart(space, file, segment, address, first);
    if (mapped < 0) return mapped;
    if (segment.memorySize <= segment.fileSize) return 0;
    const fileEnd = address + segment.fileSize;
    zerosFrom = Math.ceil(fileEnd / PAGE) * PAGE;
    // The rest of the file's last page is memory too; a segment that cannot be written keeps what the file has there.
    const tail = zerosFrom - fileEnd;
    if (tail > 0 && segment.rights & PROT_WRITE) {
      if ((yield* user.bring(fileEnd, tail, true)) < tail) return -EFAULT;
      user.write(fileEnd, new Uint8Array(tail));
    }
  }
  if (memoryEnd <= zerosFrom) return 0;
  const zeros = mapPages(space, {
    address: zerosFrom,
    length: memoryEnd - zerosFrom,
    protection: PROT_READ | PROT_WRITE | (segment.rights & PROT_EXEC),
    flags: MAP_PRIVATE | MAP_FIXED,
    backing: null,
    offset: 0,
    mayWrite: true,
  });
  return Math.min(zeros, 0);
}

function mapFilePart(space: AddressSpace, file: number, segment: Segment, address: number, first: boolean): number {
  const inPage = address & (PAGE - 1);
  const fileOffset = segment.offset - inPage;
  if (fileOffset < 0 || fileOffset & (PAGE - 1)) return -EINVAL;
  const { pool } = space;
  pool.files.hold(file);
  const backing = new FileBacking(pool, file);
  const mapped = mapPages(space, {
    address: address - inPage,
    length: segment.fileSize + inPage,
    protection: segment.rights,
    flags: MAP_PRIVATE | (first ? MAP_FIXED_NOREPLACE : MAP_FIXED),
    backing,
    offset: fileOffset / PAGE,
    mayWrite: true,
  });
  if (mapped < 0) backing.drop();
  return mapped;
}

/** What to add to the addresses of a position-independent file; -EINVAL, -ENOMEM. */
function chooseBias(space: AddressSpace, segments: readonly Segment[], base: number): number {
  if (segments.length === 0) return -EINVAL;
  const first = segments[0].address & ~(PAGE - 1);
  if (base !== 0) return (base - first) >>> 0;
  const last = segments[segments.length - 1];
  const count = Math.ceil((last.address + last.memorySize - (first >>> 0)) / PAGE);
  if (count <= 0) return -EINVAL;
  const page = findGap(space, 0, count);
  return page < 0 ? -ENOMEM : (page * PAGE - first) >>> 0;
}
