import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readExecutable } from '../../lab/check/elf.ts';

/** Where a bare name of a program is looked for. */
const PLACES = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** The file of this computer that a program of a root is; undefined where that is not easily said. */
function fileOf(name: string, root: string): string | undefined {
  const paths = name.includes('/') ? [name] : PLACES.map((place) => `${place}/${name}`);
  return paths.map((path) => join(root, path)).find((file) => existsSync(file));
}

/** Why a program that lies in the root does not start, and what to do; for a person, after the kernel has refused it. */
export function whyRefused(name: string, root: string): string | undefined {
  const file = fileOf(name, root);
  if (file === undefined) return undefined;
  const bytes = readFileSync(file);
  if (bytes[0] === 0x23 && bytes[1] === 0x21) {
    const [interpreter] = bytes.subarray(2, 130).toString('latin1').split('\n')[0].trim().split(' ');
    if (existsSync(join(root, interpreter))) return undefined;
    return `it is there, but the interpreter that its #! line names, ${interpreter}, is not. Add it to --root ${root}`;
  }
  const program = readExecutable(bytes);
  if (typeof program === 'string') return `${program}; nestlab runs i386 Linux programs. See: nestlab check ${file}`;
  if (program.interpreter !== '' && !existsSync(join(root, program.interpreter)))
    return `it is dynamic, and its loader ${program.interpreter} is not in --root ${root}. It comes with Debian's package libc6: scripts/debian-root.sh ${root} libc6`;
  return undefined;
}
