/** Further programs of Debian, line by line: the real kernel and nestlab print the same and end the same. */
import { OTHERS } from './others.ts';
import { compare } from './run.ts';

compare("Debian's other programs against the real kernel", OTHERS);
