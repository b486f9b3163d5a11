import type { ProtectionChoice } from '../../guest/tower.ts';

/** Protection: the guest kernel is in the first page table alone; each application has one with nothing but its pages. */
export const VIEWS: ProtectionChoice = {
  name: 'pagetables',
  summary: 'the application runs in a page table without the guest kernel',
  build: () => ({ open: [], hide: [], verbs: { open: 'pagetable(0);', hide: 'pagetable(table);' }, views: true }),
};
