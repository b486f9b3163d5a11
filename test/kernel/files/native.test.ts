import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { comparePrograms } from '../programs.ts';

/** Programs of this folder: each prints what the kernel does. */
const FOLDER = join(import.meta.dirname, 'native');
const PROGRAMS = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.c'))
  .map((file) => file.slice(0, -2));

comparePrograms('files', FOLDER, PROGRAMS);
