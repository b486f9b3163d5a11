import { EAGAIN, EISDIR } from '../../abi/errno.ts';
import { O_APPEND, O_NONBLOCK } from '../../abi/flags.ts';
import { IN_ACCESS, IN_MODIFY } from '../../abi/inotify.ts';
import { ERESTARTSYS, RANGES_MAX, type User, wait } from '../call.ts';
import type { Kernel } from '../platform.ts';
import type { Queue } from '../queue.ts';
import type { Ranges } from '../services.ts';
import type { FilesCore } from './core.ts';
import type { OpenFile, Transfer } from './open-file.ts';
import { lengthOf } from './ranges.ts';
import { tell } from './tell.ts';

/** Most bytes that one call moves (MAX_RW_COUNT). */
export const TRANSFER_MAX = 0x7ffff000;

/** A caller's buffer: pairs address, length. */
export type Segments = readonly number[];

/** Who moves bytes: a caller, or the kernel itself with physical addresses. */
export interface Mover {
  readonly pid: number;
  readonly user: Pick<User, 'ranges'>;
}

/** What a read or write is about. `position` undefined: the file's own, which moves on. */
interface Job {
  readonly core: FilesCore;
  readonly caller: Mover;
  readonly file: OpenFile;
  readonly segments: Segments;
  readonly total: number;
  readonly position: number | undefined;
  readonly writing: boolean;
  readonly since: number;
  done: number;
}

/** Reads into (or, with `writing`, writes from) the caller's buffer, waiting where the file blocks: bytes moved or -errno. */
export function transfer(
  core: FilesCore,
  caller: Mover,
  file: OpenFile,
  segments: Segments,
  writing: boolean,
  position?: number,
): number | Kernel<number> {
  if (file.ops.move) return file.ops.move(core, caller, file, segments, writing);
  const total = Math.min(lengthOf(segments), TRANSFER_MAX);
  const since = core.clock.virtual;
  const job: Job = { core, caller, file, segments, total, position, writing, since, done: 0 };
  const step = nextStep(job);
  if (typeof step === 'number') return step;
  const result = runStep(job, step);
  if (typeof result !== 'number') return goOn(job, step, result);
  return settle(job, step, result) ?? goOn(job, step, result);
}

/** The rest of a transfer, after a step that ended in `pending` or was left waiting. */
function* goOn(job: Job, first: Transfer, pending: number | Kernel<number>): Kernel<number> {
  let step = first;
  let result = typeof pending === 'number' ? pending : yield* pending;
  let end = typeof pending === 'number' ? undefined : settle(job, step, result);
  while (end === undefined) {
    if (result === -EAGAIN) {
      const why = yield* wait(queueOf(job) as Queue, step.until);
      if (why === 'signal') return job.done > 0 ? job.done : -ERESTARTSYS;
    }
    const next = nextStep(job);
    if (typeof next === 'number') return job.done > 0 ? job.done : next;
    step = next;
    const again = runStep(job, step);
    result = typeof again === 'number' ? again : yield* again;
    end = settle(job, step, result);
  }
  return end;
}

/** What a step's result makes of the call: its result, or undefined when it goes on. */
function settle(job: Job, step: Transfer, result: number): number | undefined {
  if (result === -EAGAIN) {
    if (!(job.file.flags & O_NONBLOCK) && (job.done === 0 || job.writing) && queueOf(job)) return undefined;
    return job.done > 0 ? job.done : -EAGAIN;
  }
  if (result < 0) return job.done > 0 ? job.done : result;
  advance(job, result);
  // A file that took less has reached a limit: another try would bring SIGXFSZ. A pipe is only full.
  const short = result < step.length && (!job.writing || job.file.ops.seekable);
  return job.done === job.total || result === 0 || short ? job.done : undefined;
}

function queueOf(job: Job): Queue | undefined {
  return job.file.ops.queue?.(job.core, job.file, job.writing);
}

function advance(job: Job, count: number): void {
  if (count <= 0) return;
  job.done += count;
  tell(job.file.place.dentry, job.writing ? IN_MODIFY : IN_ACCESS);
  if (job.position !== undefined || !job.file.ops.seekable || job.file.ops.fixed) return;
  job.file.position = job.writing && job.file.flags & O_APPEND ? job.file.node.size : job.file.position + count;
}

function runStep(job: Job, step: Transfer): number | Kernel<number> {
  const { ops } = job.file;
  return job.writing ? ops.write(job.core, job.file, step) : ops.read(job.core, job.file, step);
}

function nextStep(job: Job): Transfer | number {
  const { file, caller } = job;
  const found = rangesOf(caller.user, job.segments, job.done, job.total - job.done, !job.writing);
  if (typeof found === 'number' && !file.ops.looksFirst) return nothingToRead(job) ?? found;
  const ranges = typeof found === 'number' ? [] : found;
  return {
    ranges,
    length: lengthOf(ranges),
    wanted: Math.min(job.total - job.done, RANGES_MAX),
    position: job.position === undefined ? file.position : job.position + job.done,
    pid: caller.pid,
    done: job.done,
    since: job.since,
    until: Number.POSITIVE_INFINITY,
  };
}

/** What a read comes to that never reaches its buffer: of a directory, or at a file's end. */
function nothingToRead({ file, position, done, writing }: Job): number | undefined {
  if (writing) return undefined;
  if (file.node.isDirectory) return -EISDIR;
  const at = position === undefined ? file.position : position + done;
  return file.node.isRegular && at >= file.node.size ? 0 : undefined;
}

/**
 * Physical ranges of a buffer from byte `skip` on, at most `most` and RANGES_MAX bytes; shorter where the buffer turns
 * bad, -EFAULT when it is bad at once.
 */
export function rangesOf(
  user: Pick<User, 'ranges'>,
  segments: Segments,
  skip: number,
  most: number,
  write: boolean,
): Ranges | number {
  let left = Math.min(most, RANGES_MAX);
  if (left === 0) return [];
  let offset = skip;
  const all: number[] = [];
  for (let i = 0; i < segments.length && left > 0; i += 2) {
    const length = Math.min(segments[i + 1] - offset, left);
    if (length > 0) {
      const ranges = user.ranges((segments[i] + offset) | 0, length, write);
      if (typeof ranges === 'number') return all.length > 0 ? all : ranges;
      if (length === left && all.length === 0) return ranges;
      for (const number of ranges) all.push(number);
      left -= length;
      if (lengthOf(ranges) < length) break;
    }
    offset = Math.max(0, offset - segments[i + 1]);
  }
  return all;
}
