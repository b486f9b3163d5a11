import { type Executable, readExecutable } from './elf.ts';

/** Directories in which Debian's dynamic linker for i386 looks, in its order (ld.so(8), /etc/ld.so.conf.d). */
const DIRECTORIES = ['/lib/i386-linux-gnu', '/usr/lib/i386-linux-gnu', '/lib', '/usr/lib', '/usr/local/lib'];

/** A library that a program needs, itself or through another one. */
export interface Library {
  readonly name: string;
  /** Where it was found in the root; '' where it is not there. */
  readonly path: string;
  /** Who asked for it first. */
  readonly by: string;
  /** What it is; a string says why it cannot be used; undefined where it is not there. */
  readonly program: Executable | string | undefined;
}

/**
 * The loader and all libraries that a program needs, breadth first, as the dynamic linker finds them without LD_LIBRARY_PATH
 * and RUNPATH. `read` gives the bytes of a file by its path in the root, undefined where there is none.
 */
export function librariesOf(
  program: Executable,
  read: (path: string) => Uint8Array | undefined,
  name: string,
): readonly Library[] {
  const found = new Map<string, Library>();
  const add = (wanted: string, by: string, paths: readonly string[]): Executable | undefined => {
    if (found.has(wanted)) return undefined;
    for (const path of paths) {
      const bytes = read(path);
      if (bytes === undefined) continue;
      const library = readExecutable(bytes);
      found.set(wanted, { name: wanted, path, by, program: library });
      return typeof library === 'string' ? undefined : library;
    }
    found.set(wanted, { name: wanted, path: '', by, program: undefined });
    return undefined;
  };
  if (program.interpreter !== '') add(program.interpreter.replace(/^.*\//, ''), name, [program.interpreter]);
  const waiting: [string, Executable][] = [[name, program]];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [by, { needed }] = next;
    for (const wanted of needed) {
      const paths = wanted.includes('/') ? [wanted] : DIRECTORIES.map((directory) => `${directory}/${wanted}`);
      const library = add(wanted, by, paths);
      if (library) waiting.push([wanted, library]);
    }
  }
  return [...found.values()];
}
