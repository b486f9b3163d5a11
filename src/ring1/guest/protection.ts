import { RING1, RING1_ENTER, RING1_TABLES } from '../../abi/ring1.ts';
import type { ProtectionChoice } from '../../guest/tower.ts';
import { PageTables, TABLES_AT } from './tables.ts';

/** Protection: the guest kernel's pages are for ring 1, in which it runs. */
export const RINGS: ProtectionChoice = {
  name: 'ring1',
  summary: 'the guest kernel is in ring 1, its pages for that ring alone',
  build(guest) {
    const { below, found, processor } = guest;
    return {
      open: [],
      hide: [],
      verbs: { open: 'ring(1);', hide: 'ring(3);' },
      tables: new PageTables(processor),
      *begin() {
        const entered = yield* below.call.make(RING1, RING1_ENTER, found.split, found.top);
        if (entered < 0)
          yield* guest.refuse(
            `the kernel at depth ${guest.depth - 1} has no ring between its own and its applications', for it is not in ring 0 itself; ring1 is for the outermost guest kernel`,
          );
        const shown = yield* below.call.make(RING1, RING1_TABLES, TABLES_AT);
        if (shown < 0) yield* guest.panic(`ring1: the page tables could not be seen (errno ${-shown})`);
      },
    };
  },
};
