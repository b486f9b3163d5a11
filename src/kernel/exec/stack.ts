/**
 * The first stack of a program as Linux builds it (create_elf_tables), from low to high addresses:
 *
 *   ESP -> argc, argv pointers, 0, envp pointers, 0, auxiliary vector
 *          padding, 16 random bytes, platform name
 *          argv strings, envp strings, the file's name, 4 zero bytes <- top of the stack
 */
import {
  AT_BASE,
  AT_CLKTCK,
  AT_EGID,
  AT_ENTRY,
  AT_EUID,
  AT_EXECFN,
  AT_FLAGS,
  AT_GID,
  AT_HWCAP,
  AT_HWCAP2,
  AT_MINSIGSTKSZ,
  AT_NULL,
  AT_PAGESZ,
  AT_PHDR,
  AT_PHENT,
  AT_PHNUM,
  AT_PLATFORM,
  AT_RANDOM,
  AT_SECURE,
  AT_UID,
  PHDR,
} from '../../abi/elf.ts';
import { PAGE } from '../memory/frames.ts';
import type { Platform } from '../platform.ts';
import type { Identity } from '../tasks/identity.ts';

/** Largest signal frame: sigframe, FSAVE and FXSAVE images and their alignment (get_sigframe_size). */
const SIGFRAME_MOST = 1440;
const CLOCK_TICKS = 100;
const RANDOM_BYTES = 16;

/** What the stack tells the program. */
export interface StackRequest {
  readonly top: number;
  readonly file: string;
  readonly argv: readonly string[];
  readonly envp: readonly string[];
  readonly phdrs: number;
  readonly phdrCount: number;
  /** Load address of the interpreter, 0 = none. */
  readonly base: number;
  readonly entry: number;
  readonly identity: Identity;
  readonly secure: boolean;
}

/** The finished stack: `bytes` belong at `esp`, up to the top; the rest are bounds for /proc. */
export interface Stack {
  readonly esp: number;
  readonly bytes: Uint8Array;
  /** The auxiliary vector among the bytes. */
  readonly auxiliary: Uint8Array;
  readonly argStart: number;
  readonly argEnd: number;
  readonly envEnd: number;
}

/** Lays out the stack of a new program. */
export function buildStack(platform: Platform, request: StackRequest): Stack {
  const { argv, envp, identity, top } = request;
  const fileAt = top - 4 - (request.file.length + 1);
  const envStart = fileAt - sizeOf(envp);
  const argStart = envStart - sizeOf(argv);
  const { platform: name, hwcap } = platform.cpu;
  const nameAt = ((argStart & ~15) >>> 0) - (name.length + 1);
  const randomAt = nameAt - RANDOM_BYTES;
  const auxiliary = [
    [AT_MINSIGSTKSZ, SIGFRAME_MOST],
    [AT_HWCAP, hwcap],
    [AT_PAGESZ, PAGE],
    [AT_CLKTCK, CLOCK_TICKS],
    [AT_PHDR, request.phdrs],
    [AT_PHENT, PHDR.size],
    [AT_PHNUM, request.phdrCount],
    [AT_BASE, request.base],
    [AT_FLAGS, 0],
    [AT_ENTRY, request.entry],
    [AT_UID, identity.realUid],
    [AT_EUID, identity.effectiveUid],
    [AT_GID, identity.realGid],
    [AT_EGID, identity.effectiveGid],
    [AT_SECURE, request.secure ? 1 : 0],
    [AT_RANDOM, randomAt],
    [AT_HWCAP2, 0],
    [AT_EXECFN, fileAt],
    [AT_PLATFORM, nameAt],
    [AT_NULL, 0],
  ];
  const words = 1 + argv.length + 1 + envp.length + 1;
  const auxiliaryAt = ((randomAt & ~3) >>> 0) - auxiliary.length * 8;
  const base = ((auxiliaryAt - words * 4) & ~15) >>> 0;

  const bytes = new Uint8Array(top - base);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const word = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  word(argv.length);
  let string = argStart;
  for (const text of argv) {
    word(string);
    string = writeString(bytes, string - base, text) + base;
  }
  word(0);
  for (const text of envp) {
    word(string);
    string = writeString(bytes, string - base, text) + base;
  }
  word(0);
  const vectorAt = at;
  for (const [type, value] of auxiliary) {
    word(type);
    word(value);
  }
  bytes.set(platform.random(RANDOM_BYTES), randomAt - base);
  writeString(bytes, nameAt - base, name);
  writeString(bytes, fileAt - base, request.file);
  const vector = bytes.slice(vectorAt, vectorAt + auxiliary.length * 8);
  return { esp: base, bytes, auxiliary: vector, argStart, argEnd: envStart, envEnd: fileAt };
}

/** The first stack of an a.out program (create_aout_tables): argc, where argv and envp are, the vectors, the strings. */
export function buildOldStack(request: Pick<StackRequest, 'top' | 'file' | 'argv' | 'envp'>): Stack {
  const { argv, envp, top } = request;
  const fileAt = top - 4 - (request.file.length + 1);
  const envStart = fileAt - sizeOf(envp);
  const argStart = envStart - sizeOf(argv);
  const envpAt = (argStart & ~3) - 4 * (envp.length + 1);
  const argvAt = envpAt - 4 * (argv.length + 1);
  const esp = (argvAt - 12) >>> 0;
  const bytes = new Uint8Array(top - esp);
  const view = new DataView(bytes.buffer);
  [argv.length, argvAt, envpAt].forEach((word, i) => {
    view.setUint32(i * 4, word, true);
  });
  let slot = 12;
  let string = argStart;
  for (const text of [...argv, undefined, ...envp, undefined]) {
    view.setUint32(slot, text === undefined ? 0 : string, true);
    slot += 4;
    if (text !== undefined) string = writeString(bytes, string - esp, text) + esp;
  }
  writeString(bytes, fileAt - esp, request.file);
  return { esp, bytes, auxiliary: new Uint8Array(0), argStart, argEnd: envStart, envEnd: fileAt };
}

function sizeOf(strings: readonly string[]): number {
  return strings.reduce((sum, text) => sum + text.length + 1, 0);
}

/** Writes a byte string and its zero; returns the offset after it. */
function writeString(bytes: Uint8Array, at: number, text: string): number {
  for (let n = 0; n < text.length; n++) bytes[at + n] = text.charCodeAt(n);
  return at + text.length + 1;
}
