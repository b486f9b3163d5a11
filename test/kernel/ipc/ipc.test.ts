import { comparePrograms } from '../programs.ts';

/** Programs of this folder: each prints what the kernel does. */
const PROGRAMS = ['sem', 'msg', 'shm', 'mq', 'memfd', 'shared'];

comparePrograms('IPC', import.meta.dirname, PROGRAMS, { least: 1000 });
