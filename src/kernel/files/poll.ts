import { POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../abi/flags.ts';
import { waitAny } from '../call.ts';
import type { Kernel } from '../platform.ts';
import type { Queue } from '../queue.ts';
import type { FilesCore } from './core.ts';
import type { OpenFile } from './open-file.ts';

/** One file that is watched: `file` undefined = its descriptor is not open. */
export interface Watch {
  readonly file: OpenFile | undefined;
  readonly events: number;
  /** What was found: asked-for events, and POLLERR, POLLHUP, POLLNVAL in any case. */
  found: number;
}

const READING = POLLIN | POLLRDNORM;
const WRITING = POLLOUT | POLLWRNORM;

/**
 * Waits until one of the watched files has something to say, until virtual time `until`, or for a signal: how many
 * have, 0 after the time, or 'signal' (poll(2)).
 */
export function* pollFiles(core: FilesCore, watches: readonly Watch[], until: number): Kernel<number | 'signal'> {
  for (;;) {
    let count = 0;
    for (const watch of watches) {
      yield* look(core, watch);
      if (watch.found !== 0) count++;
    }
    if (count > 0 || core.clock.virtual >= until) return count;
    const why = yield* waitAny(queuesOf(core, watches), until);
    if (why === 'signal') return 'signal';
  }
}

function* look(core: FilesCore, watch: Watch): Kernel<void> {
  const { file, events } = watch;
  if (!file || file.isPath) {
    watch.found = POLLNVAL;
    return;
  }
  if (file.ops.prime && events & READING) yield* file.ops.prime(core, file);
  watch.found = file.ops.poll(core, file) & (events | POLLERR | POLLHUP);
}

function queuesOf(core: FilesCore, watches: readonly Watch[]): Queue[] {
  const queues = new Set<Queue>();
  for (const { file, events } of watches) {
    if (!file) continue;
    const reading = file.ops.queue?.(core, file, false);
    const writing = events & WRITING ? file.ops.queue?.(core, file, true) : undefined;
    if (reading) queues.add(reading);
    if (writing) queues.add(writing);
  }
  return [...queues];
}
