import type { ProtectionChoice } from './tower.ts';

/** No protection: the kernel lies open to the applications in its process. */
export const OPEN: ProtectionChoice = {
  name: 'open',
  summary: "the guest kernel's memory lies open to the application",
  build: () => ({ open: [], hide: [] }),
};

/** Nothing to protect: the kernel and its applications share no process. */
export const APART: ProtectionChoice = {
  name: 'apart',
  summary: 'the guest kernel and the application share no process',
  build: () => ({ open: [], hide: [] }),
};
