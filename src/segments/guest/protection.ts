import type { ProtectionChoice } from '../../guest/tower.ts';

/** Protection: the application's segments end below the guest kernel. */
export const SEGMENTS: ProtectionChoice = {
  name: 'segments',
  summary: "the application's segments end below the guest kernel",
  build({ found }) {
    const last = `0x${(found.top - 1).toString(16)}`;
    return { open: [], hide: [], verbs: { open: `limit(${last});`, hide: 'limit(reach);' }, limits: true };
  },
};
