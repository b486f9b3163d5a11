import type { Order } from '../../lab/compare/measure.ts';

/** One line that is written over again and again, on a terminal only. */
export interface Progress {
  readonly next: (order: Order) => void;
  readonly end: () => void;
}

/** Shows how many of `total` measurements have been begun, and the one that was begun last. */
export function progressOn(stream: NodeJS.WriteStream, total: number): Progress {
  if (!stream.isTTY) return { next: () => {}, end: () => {} };
  let begun = 0;
  return {
    next: ({ operation, tower }) => {
      stream.write(`\r\x1b[K${`${++begun} of ${total}: ${operation} on ${tower}`.slice(0, 79)}`);
    },
    end: () => stream.write('\r\x1b[K'),
  };
}
