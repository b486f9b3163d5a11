/** The program of `apart.ts`: runs the request in its first argument, and prints how it went. */
import { readFileSync } from 'node:fs';
import type { Request } from './apart.ts';
import { execute } from './lab.ts';

const { words, program, options } = JSON.parse(process.argv[2]) as Request;
const outcome = execute(words, { '/bin/attack': readFileSync(program) }, options);
process.stdout.write(JSON.stringify(outcome));
