import type { ProtectionChoice } from '../../guest/tower.ts';

/** Protection: the application's segments end below the guest kernel. */
export const SEGMENTS: ProtectionChoice = {
  name: 'segments',
  summary: "the application's segments end below the guest kernel",
  build({ found }) {
    const last = (below: number): string => `0x${(below - 1).toString(16)}`;
    return {
      open: [],
      hide: [],
      verbs: { open: `limit(${last(found.top)});`, hide: `limit(${last(found.split)});` },
    };
  },
};
