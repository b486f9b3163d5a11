/** The C programs of the kernel's tests: each prints, line by line, what the kernel does. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../kernel/compare.ts';
import { build } from '../kernel/native.ts';

const TESTS = join(import.meta.dirname, '..');
/** Folders whose programs are compared with the real kernel; those of the first need no C library. */
const FREESTANDING = 'kernel/native';
const FOLDERS = [
  FREESTANDING,
  'kernel/behaviour',
  'kernel/threads',
  'kernel/ipc',
  'kernel/memory',
  'kernel/sockets',
  'kernel/files/native',
  'kernel/notify',
  'ptrace/native',
] as const;

/** A program by its folder and name, as `threads/futex`. */
export interface Source {
  readonly name: string;
  /** The ELF file, compiled once. */
  binary(): Uint8Array;
}

/** All of them, in the order of their names. */
export const SOURCES: readonly Source[] = FOLDERS.flatMap((folder) =>
  readdirSync(join(TESTS, folder))
    .filter((file) => file.endsWith('.c') && /\b(main|start)\(/.test(readFileSync(join(TESTS, folder, file), 'utf8')))
    .sort()
    .map((file) => {
      const name = file.slice(0, -2);
      const label = `${folder.replace(/^kernel\/|\/native$/g, '')}/${name}`;
      return {
        name: label,
        binary: () => (folder === FREESTANDING ? build(name) : compile(join(TESTS, folder), name)),
      };
    }),
);
