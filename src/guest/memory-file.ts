/** A guest kernel's physical memory as a file of the kernel below. */
import * as f from '../abi/flags.ts';
import { SYSINFO } from '../abi/structs.ts';
import type { Kernel } from '../kernel/platform.ts';
import { type Call, syscallNumber } from './call.ts';
import { ESP, type Processor } from './processor.ts';

const CALL = {
  ftruncate: syscallNumber('ftruncate64'),
  madvise: syscallNumber('madvise'),
  memfd: syscallNumber('memfd_create'),
  mmap: syscallNumber('mmap2'),
  sysinfo: syscallNumber('sysinfo'),
} as const;
const MFD_CLOEXEC = 1;
const PAGE = 4096;
/** Bytes of a block of 1024 pages: what a kernel can map at once. */
export const BLOCK = 4 << 20;
/** Name of the file: "gest", four bytes. */
const NAME = 0x74736567;
/** Where physical memory goes where there is room: the guest kernel's range of the address map. */
export const PREFERRED = 0x70000000;

/** Makes the file, `size` bytes long; `inherited` by programs that the process executes. Its descriptor, or -errno. */
export function* makeMemory(processor: Processor, call: Call, size: number, inherited: boolean): Kernel<number> {
  const at = (processor.get(ESP) - 256) | 0;
  // Asked first: a kernel that runs out of memory kills who wants it.
  yield* call.make(CALL.sysinfo, at);
  if (size > processor.load32((at + SYSINFO.at.freeram) | 0) >>> 0) return -1;
  processor.store32(at, NAME);
  processor.store8((at + 4) | 0, 0);
  const file = yield* call.make(CALL.memfd, at, inherited ? 0 : MFD_CLOEXEC);
  if (file < 0) return file;
  const result = yield* call.make(CALL.ftruncate, file, size, 0);
  return result < 0 ? result : file;
}

/**
 * Maps the file below the kernel's own pages at `code`, on a multiple of a block, every page present: its address,
 * undefined where there is no room or no memory.
 */
export function* mapMemory(call: Call, file: number, size: number, code: number): Kernel<number | undefined> {
  const highest = Math.floor(((code >>> 0) - size) / BLOCK) * BLOCK;
  const wanted = Math.min(PREFERRED, Math.max(0, highest));
  const base = yield* call.make(CALL.mmap, wanted, size, f.PROT_READ | f.PROT_WRITE, f.MAP_SHARED, file);
  if (isError(base) || (yield* call.make(CALL.madvise, base, size, f.MADV_POPULATE_WRITE)) < 0) return undefined;
  return base;
}

/** Whether the result of mmap is -errno. */
export function isError(address: number): boolean {
  return address < 0 && address > -PAGE;
}
