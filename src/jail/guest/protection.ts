import * as f from '../../abi/flags.ts';
import { record } from '../../guest/burst.ts';
import { syscallNumber } from '../../guest/call.ts';
import type { ProtectionChoice } from '../../guest/tower.ts';

const CALL = { madvise: syscallNumber('madvise'), mprotect: syscallNumber('mprotect') } as const;

/** Protection: mprotect(2) takes the guest kernel's memory away while an application runs. */
export const JAIL: ProtectionChoice = {
  name: 'jail',
  summary: "mprotect hides the guest kernel's memory while the application runs",
  build({ memory: { base, size } }) {
    return {
      hide: [record(CALL.mprotect, base, size, f.PROT_NONE)],
      // Its code cannot be interrupted by a page fault: every page is to be there.
      open: [
        record(CALL.mprotect, base, size, f.PROT_READ | f.PROT_WRITE),
        record(CALL.madvise, base, size, f.MADV_POPULATE_WRITE),
      ],
    };
  },
};
