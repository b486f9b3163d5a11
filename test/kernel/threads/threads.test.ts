import { comparePrograms } from '../programs.ts';

/** Programs of this folder: each prints what the kernel does. */
const PROGRAMS = [
  'broadcast',
  'clone',
  'execat',
  'futex',
  'group',
  'kcmp',
  'pidfd',
  'privilege',
  'schedule',
  'seccomp',
  'segment',
  'torture',
];

comparePrograms('threads', import.meta.dirname, PROGRAMS);
