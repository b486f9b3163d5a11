/** A world around the host with nothing in it, for tests that need no files and no terminal. */
import type { Outside } from '../../src/host/host.ts';
import type { LowerTree, Stream } from '../../src/kernel/platform.ts';

export function nowhere(): Outside {
  const absent = () => {
    throw new Error('this test has no files');
  };
  const tree: LowerTree = {
    root: 0,
    writable: false,
    stat: absent,
    lookup: absent,
    list: absent,
    readlink: absent,
    read: absent,
    write: absent,
    truncate: absent,
    create: absent,
    remove: absent,
    link: absent,
    rename: absent,
    setattr: absent,
  };
  const stream: Stream = { kind: 'null', size: [24, 80], read: absent, write: absent };
  return { tree, streams: [stream, stream, stream], bootTime: 0, seed: 1, live: () => false, warn: absent };
}
