/** What a guest kernel is started with: the words of its command line. */
export interface GuestOptions {
  /** Bytes of physical memory. */
  readonly memory: number;
  /** The tower that it is built as. */
  readonly tower: string;
  /** Descriptor of its memory, when it is carried by another process; -1 otherwise. */
  readonly memoryFile: number;
  /** The program that it runs, and that program's arguments (the first is its name). */
  readonly init: string;
  readonly argv: readonly string[];
}

const SIZE = /^(\d+)([KMG])?$/;
const UNITS: Readonly<Record<string, number>> = { K: 1 << 10, M: 1 << 20, G: 1 << 30 };
/** The option by which a carrier tells the kernel of its memory. */
export const CARRIED = 'memfd';
/** The least with which a kernel boots, and a multiple of what it must be. */
const LEAST = 1 << 20;
const GRAIN = 1 << 16;

/**
 * Reads `KEY=VALUE ... -- PROGRAM ARGUMENTS...`; the first word, the kernel's own name, is left out. A string says what
 * is wrong.
 */
export function parseOptions(words: readonly string[]): GuestOptions | string {
  let memory = 64 << 20;
  let tower = '';
  let memoryFile = -1;
  const end = words.indexOf('--');
  if (end < 0) return "no program: expected '-- PROGRAM ARGUMENTS...' at the end";
  for (const option of words.slice(0, end)) {
    const at = option.indexOf('=');
    const [key, value] = [option.slice(0, at), option.slice(at + 1)];
    if (key === 'mem') {
      const match = SIZE.exec(value);
      memory = match ? Number(match[1]) * (match[2] ? UNITS[match[2]] : 1) : Number.NaN;
      if (!(memory >= LEAST && memory <= 1 << 30 && memory % GRAIN === 0))
        return `mem=${value}: expected a size from 1M to 1G in steps of 64K, such as mem=64M`;
    } else if (key === 'tower') tower = value;
    else if (key === CARRIED && /^\d{1,5}$/.test(value)) memoryFile = Number(value);
    else return `unknown option '${option}': mem=SIZE and tower=NAME are known`;
  }
  const argv = words.slice(end + 1);
  if (argv.length === 0) return "no program after '--'";
  return { memory, tower, memoryFile, init: argv[0], argv };
}
