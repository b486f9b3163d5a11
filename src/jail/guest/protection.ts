import * as f from '../../abi/flags.ts';
import { record } from '../../guest/burst.ts';
import { syscallNumber } from '../../guest/call.ts';
import type { ProtectionChoice } from '../../guest/tower.ts';

const MPROTECT = syscallNumber('mprotect');

/** Protection: mprotect(2) takes the guest kernel's memory away while an application runs. */
export const JAIL: ProtectionChoice = {
  name: 'jail',
  summary: "mprotect hides the guest kernel's memory while the application runs",
  build({ memory: { base, size } }) {
    return {
      hide: [record(MPROTECT, base, size, f.PROT_NONE)],
      // Pages of a file in memory stay where they are, and can be used again at once.
      open: [record(MPROTECT, base, size, f.PROT_READ | f.PROT_WRITE)],
    };
  },
};
