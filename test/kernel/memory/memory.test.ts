import { comparePrograms } from '../programs.ts';

/** Programs of this folder: each prints what the kernel does. */
const PROGRAMS = ['advise', 'lock', 'map', 'policy', 'remap'];

comparePrograms('memory', import.meta.dirname, PROGRAMS, { least: 1000 });
