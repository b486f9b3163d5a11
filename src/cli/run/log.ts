import { closeSync, openSync, writeSync } from 'node:fs';
import { Failure } from '../failure.ts';
import { errnoOf } from '../tree/errno.ts';

/** Characters that are collected before they are written. */
const BATCH = 1 << 15;

/** Where --strace and -d write: a file, or standard error line by line. */
export interface Log {
  line(text: string): void;
  close(): void;
}

/** A log in a file of this computer; collected and written in large pieces. */
export function fileLog(path: string): Log {
  let fd: number;
  try {
    fd = openSync(path, 'w');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(`-D: ${path} cannot be written (${code}). Name a file in a directory that exists`);
  }
  let text = '';
  const flush = (): void => {
    if (text !== '') writeSync(fd, text);
    text = '';
  };
  return {
    line: (line) => {
      text += `${line}\n`;
      if (text.length > BATCH) flush();
    },
    close: () => {
      flush();
      closeSync(fd);
    },
  };
}

/** A log on standard error. A terminal that is in raw mode wants a carriage return too. */
export function errorLog(raw: boolean): Log {
  const end = raw ? '\r\n' : '\n';
  return {
    line: (line) => {
      try {
        writeSync(2, `${line}${end}`);
      } catch (error) {
        errnoOf(error);
      }
    },
    close: () => {},
  };
}

/** Warnings of one kind that are printed; a bomb of them says nothing more. */
const WARNINGS = 10;

/** Prints the kernel's words on standard error, of each kind (its first words) only so many. */
export function warner(log: Log): (line: string) => void {
  const counts = new Map<string, number>();
  return (line) => {
    const kind = line.replace(/[^a-z ].*/, '');
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (count <= WARNINGS) log.line(`nestlab: ${line}`);
    else if (count === WARNINGS + 1) log.line(`nestlab: ${kind.trim()}...: more of these are not shown`);
  };
}
