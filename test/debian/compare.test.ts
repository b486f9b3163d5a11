/** Debian's i386 programs, line by line: the real kernel and nestlab print the same and end the same. */
import { LINES } from './lines.ts';
import { compare } from './run.ts';

compare("Debian's programs against the real kernel", LINES);
