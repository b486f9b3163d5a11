import * as f from '../../abi/flags.ts';
import { record } from '../../guest/burst.ts';
import { syscallNumber } from '../../guest/call.ts';
import type { ProtectionChoice } from '../../guest/tower.ts';

const CALL = { mmap: syscallNumber('mmap2') } as const;

/** Protection: mmap(2) puts nothing in the place of the guest kernel's memory while an application runs. */
export const MMAP: ProtectionChoice = {
  name: 'mmap',
  summary: "mmap takes the guest kernel's memory away while the application runs",
  build({ memory: { base, size }, found: { memoryFile } }) {
    const rights = f.PROT_READ | f.PROT_WRITE;
    const nothing = f.MAP_PRIVATE | f.MAP_ANONYMOUS | f.MAP_NORESERVE | f.MAP_FIXED;
    return {
      hide: [record(CALL.mmap, base, size, f.PROT_NONE, nothing, -1)],
      open: [record(CALL.mmap, base, size, rights, f.MAP_SHARED | f.MAP_FIXED | f.MAP_POPULATE, memoryFile)],
    };
  },
};
