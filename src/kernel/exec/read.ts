import { ENOMEM } from '../../abi/errno.ts';
import { PAGE } from '../memory/frames.ts';
import type { Kernel } from '../platform.ts';
import type { System } from '../system.ts';

/** Up to `length` bytes of an open file at `position`, shorter at its end; -errno. */
export function* readFile(system: System, file: number, position: number, length: number): Kernel<Uint8Array | number> {
  const { frames, memory } = system.pool;
  const frame = frames.allocate();
  if (frame < 0) return -ENOMEM;
  const bytes = new Uint8Array(length);
  let done = 0;
  let failure = 0;
  while (done < length) {
    const count = yield* system.files.readAt(file, position + done, [frame * PAGE, Math.min(PAGE, length - done)]);
    if (count < 0) failure = count;
    if (count <= 0) break;
    memory.read(frame * PAGE, bytes, done, count);
    done += count;
  }
  frames.release(frame);
  return failure < 0 ? failure : bytes.subarray(0, done);
}
