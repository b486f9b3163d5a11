/** The C programs of the kernel's tests: each prints, line by line, what the kernel does. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../kernel/compare.ts';
import { build, runNatively, runOurs } from '../kernel/native.ts';
import { apart, type Outcome, type Program } from './program.ts';

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
/** Programs that want to be told what to do, which tests of their own do. */
const TOLD: ReadonlySet<string> = new Set(['blocks']);
/** Memory of the machine, bytes; each guest kernel has half of what is below it. */
const MEMORY = 256 << 20;

/** All of them: every C file of these folders that can be started. */
export const SOURCES: readonly Program[] = FOLDERS.flatMap((folder) =>
  readdirSync(join(TESTS, folder))
    .filter((file) => file.endsWith('.c') && /\bmain\(/.test(readFileSync(join(TESTS, folder, file), 'utf8')))
    .filter((file) => !TOLD.has(file.slice(0, -2)))
    .sort()
    .map((file) => source(folder, file.slice(0, -2))),
);

function source(folder: string, name: string): Program {
  let binary: Uint8Array | undefined;
  let real: Outcome | undefined;
  const built = (): Uint8Array => {
    binary ??= folder === FREESTANDING ? build(name) : compile(join(TESTS, folder), name);
    return binary;
  };
  return {
    name: `${folder.replace(/^kernel\/|\/native$/g, '')}/${name}`,
    expected() {
      real ??= runNatively(built());
      return real;
    },
    under: (towers) => apart(runOurs(built(), { memory: MEMORY, towers })),
  };
}
