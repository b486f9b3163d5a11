import { AT_EXECFN, AT_HWCAP, AT_NULL, AT_PLATFORM, AT_RANDOM } from '../abi/elf.ts';
import { ESP, type Processor } from './processor.ts';

/** What a program finds on its stack (System V ABI, i386, figure 3-31). */
export interface Started {
  readonly argv: readonly string[];
  readonly envp: readonly string[];
  /** Where the strings of argv are, the pointers of envp, and the path of the file. */
  readonly arguments: readonly number[];
  readonly environment: number;
  readonly file: number;
  readonly platform: string;
  readonly hwcap: number;
  readonly seed: number;
  /** First address above the stack. */
  readonly top: number;
}

const PAGE = 4096;
/** Words and bytes of strings that a stack may have: more than any kernel's exec lays there. */
const WORDS_MOST = 1 << 18;
const BYTES_MOST = 1 << 23;

/** Reads the stack of a program that has just begun. Undefined: no exec made it, it goes on and on. */
export function readStart(processor: Processor): Started | undefined {
  try {
    return read(processor);
  } catch (error) {
    if (error instanceof Endless) return undefined;
    throw error;
  }
}

/** Somebody jumped here with a stack of his own, to keep the processor busy. */
class Endless extends Error {}

function read(processor: Processor): Started {
  let at = processor.get(ESP) | 0;
  let [count, bytes] = [0, 0];
  const next = (): number => {
    if (++count > WORDS_MOST) throw new Endless();
    const word = processor.load32(at);
    at = (at + 4) | 0;
    return word;
  };
  const text = (address: number): string => {
    let characters = '';
    for (let at = address; ; at++) {
      const code = processor.load8(at | 0);
      if (code === 0) return characters;
      if (++bytes > BYTES_MOST) throw new Endless();
      characters += String.fromCharCode(code);
    }
  };
  const pointers = (): number[] => {
    const list: number[] = [];
    for (let address = next(); address !== 0; address = next()) list.push(address);
    return list;
  };
  const strings = (addresses: readonly number[]): string[] => addresses.map(text);
  next();
  const words = pointers();
  const environment = at;
  const argv = strings(words);
  const envp = strings(pointers());
  const auxiliary = new Map<number, number>();
  for (let type = next(); type !== AT_NULL; type = next()) auxiliary.set(type, next());
  const word = (type: number): number => auxiliary.get(type) ?? 0;
  // The file name is the last string; a null word lies above it, up to the top of the stack.
  const name = word(AT_EXECFN);
  const end = (name >>> 0) + text(name).length + 1;
  return {
    argv,
    envp,
    arguments: words,
    environment,
    file: name,
    platform: text(word(AT_PLATFORM)),
    hwcap: word(AT_HWCAP),
    seed: processor.load32(word(AT_RANDOM)),
    top: Math.ceil((end + 4) / PAGE) * PAGE,
  };
}
