import { ENXIO } from '../../abi/errno.ts';
import { O_ACCMODE, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY, PIPEFS_MAGIC } from '../../abi/flags.ts';
import { ERESTARTSYS, wait } from '../call.ts';
import type { Kernel } from '../platform.ts';
import type { FilesCore } from './core.ts';
import type { Place } from './namespace.ts';
import { dropFile, makeFile, type OpenFile } from './open-file.ts';
import { Pipe, pipeOps } from './pipe.ts';

/**
 * Opens a FIFO: reading waits for a writer and writing for a reader, unless O_NONBLOCK or O_RDWR is given; writing
 * with O_NONBLOCK and no reader is -ENXIO (fifo(7)).
 */
export function* openFifo(core: FilesCore, place: Place, flags: number): Kernel<OpenFile | number> {
  const { node } = place.dentry;
  const access = flags & O_ACCMODE;
  node.pipe ??= new Pipe();
  const { pipe } = node;
  // A pipe that is opened again through /proc has no partner to wait for.
  const waits = !(flags & O_NONBLOCK) && node.fs.magic !== PIPEFS_MAGIC;
  if (access === O_WRONLY && pipe.readers === 0 && flags & O_NONBLOCK && node.fs.magic !== PIPEFS_MAGIC) return -ENXIO;
  const file = makeFile(core, pipeOps, place, pipe, flags);
  if (file.readable) join(pipe, 'readers');
  if (file.writable) join(pipe, 'writers');
  // Writers seen so far are no news: only a later one can hang up on this reader.
  if (access === O_RDONLY && flags & O_NONBLOCK && pipe.writers === 0) file.version = pipe.writersEver;
  if (access === O_RDWR || !waits) return file as OpenFile;
  const other = access === O_RDONLY ? 'writers' : 'readers';
  const seen = pipe[`${other}Ever`];
  while (pipe[other] === 0 && pipe[`${other}Ever`] === seen) {
    const why = yield* wait(pipe.partner);
    if (why !== 'signal') continue;
    dropFile(core, file as OpenFile);
    return -ERESTARTSYS;
  }
  return file as OpenFile;
}

function join(pipe: Pipe, side: 'readers' | 'writers'): void {
  pipe[side]++;
  pipe[`${side}Ever`]++;
  pipe.partner.wake();
}
