/**
 * The real processor as the oracle: builds the native programs of test/cpu/oracle when they are first needed and talks
 * to the snippet server. Synchronous throughout, so that a test reads like a lab sheet.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The snippet's address space (test/cpu/oracle/layout.h draws it). */
export const layout = {
  code: 0x10000000,
  codeSize: 0x1000,
  data: 0x20000000,
  dataSize: 0x2000,
  fixed: 0x20002000,
  fixedSize: 0x1000,
  stack: 0x30000000,
  stackSize: 0x2000,
  selectors: { cs: 0x23, cs16: 0x07, ss: 0x2b, ds: 0x2b, es: 0x2b, fs: 0x0f, gs: 0x17 },
} as const;

/** A segment as modify_ldt(2) describes it: limit in bytes or pages, flags as in struct user_desc. */
export interface Segment {
  readonly base: number;
  readonly limit: number;
  /** Bit 0: 32-bit, 1-2: data, expand-down, code, 3: not writable or readable, 4: limit in pages, 6: AVL. */
  readonly flags: number;
}

/** The segments of a batch of snippets. */
export interface Setup {
  readonly fs: Segment;
  readonly gs: Segment;
  /** The code page at offset 0 of a 16-bit segment with this limit in bytes; undefined: 32-bit code in a flat segment. */
  readonly code16?: number;
}

/** FS ends four bytes before the data pages do; GS, counted in pages, one page behind the read-only page. */
export const plainSetup: Setup = {
  fs: { base: 0x20000000, limit: 0x1ffb, flags: 0x41 },
  gs: { base: 0x20001000, limit: 2, flags: 0x51 },
};

/** Bytes of the memory image of a batch: data, fixed and stack pages, in this order. */
export const imageSize = layout.dataSize + layout.fixedSize + layout.stackSize;

/** One code sequence and the complete state before it; selectors are always those of the layout. */
export interface Snippet {
  /** Instruction bytes; a snippet ends when control reaches the byte behind them. */
  readonly code: Uint8Array;
  /** Offset in the code page. */
  readonly offset: number;
  /** EAX ECX EDX EBX ESP EBP ESI EDI. */
  readonly gpr: Uint32Array;
  readonly eflags: number;
  /** 512-byte FXSAVE image loaded before; the state after FNINIT, with MXCSR 0x1f80, when absent. */
  readonly fx?: Uint8Array;
  /** Whether the outcome's `fx` is wanted. */
  readonly wantFx?: boolean;
  /** Pairs of address and word that differ from the batch's image; writable pages only. */
  readonly patches?: Uint32Array;
}

/** Everything a program can see after a snippet. */
export interface Outcome {
  /** Linux signal number; 0 when the snippet ran to its end, 26 when it did not end in time. */
  readonly signal: number;
  /** Exception vector, error code and CR2 as the kernel reports them; CR2 has a meaning only for vector 14. */
  readonly trap: number;
  readonly error: number;
  readonly cr2: number;
  readonly gpr: Uint32Array;
  readonly eip: number;
  readonly eflags: number;
  /** DS ES FS GS. */
  readonly selectors: Uint32Array;
  /** FXSAVE image, when it was wanted. */
  readonly fx?: Uint8Array;
  /** Pairs of address and word of all changed words of the writable pages, in ascending order. */
  readonly changes: Uint32Array;
}

/** A running snippet server. */
export interface Oracle {
  /** Runs all snippets, each on the same memory image (`imageSize` bytes) plus its own patches; outcomes in order. */
  run(image: Uint8Array, snippets: readonly Snippet[], setup?: Setup): Outcome[];
  close(): void;
}

const sources = fileURLToPath(new URL('./oracle/', import.meta.url));
const cache = fileURLToPath(new URL('../../cache/oracle/', import.meta.url));
const freestanding = ['-m32', '-static', '-nostdlib', '-ffreestanding', '-fno-pic', '-no-pie', '-fno-stack-protector'];
const programs = {
  snippets: [...freestanding, '-O2', '-msse2', '-Wl,-Ttext-segment=0x60000000', 'snippets.c', 'enter.S'],
  stepper: ['-O2', 'stepper.c'],
  vessel: ['-m32', '-static', '-nostdlib', '-Wl,-Ttext-segment=0xe0000000', 'vessel.S'],
} as const;

let reason: string | undefined | null = null;

/**
 * Why the real processor cannot be asked on this machine, or undefined when it can: for `describe.skipIf`. Throws
 * instead when NESTLAB_REQUIRE_ORACLE=1 forbids to skip.
 */
export function whyNoOracle(): string | undefined {
  if (reason === null) reason = findReason();
  if (reason !== undefined && process.env.NESTLAB_REQUIRE_ORACLE === '1') {
    throw new Error(`the real-processor tests are required (NESTLAB_REQUIRE_ORACLE=1) but ${reason}`);
  }
  return reason;
}

function findReason(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'this is not x86-64 Linux';
  try {
    execFileSync(buildOracle('snippets'), { input: '' });
  } catch (error) {
    return `the oracle cannot be built or run here: ${String((error as Error).message).split('\n')[0]}`;
  }
  return undefined;
}

/**
 * Like `whyNoOracle`, for tests that compare what the manuals leave open: also on processors whose choices nobody has
 * worked out yet (differences.ts knows AMD's).
 */
export function whyNoKnownOracle(): string | undefined {
  const missing = whyNoOracle();
  if (missing !== undefined || process.env.NESTLAB_REQUIRE_ORACLE === '1') return missing;
  const isAmd = /^vendor_id\s*:\s*AuthenticAMD$/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
  return isAmd ? undefined : 'test/cpu/differences.ts knows AMD processors only; NESTLAB_REQUIRE_ORACLE=1 runs it';
}

/** Path of a native oracle program, compiled with gcc into cache/oracle when its sources have changed. */
export function buildOracle(name: keyof typeof programs): string {
  const hash = createHash('sha256').update(JSON.stringify(programs[name]));
  for (const file of readdirSync(sources).sort()) hash.update(file).update(readFileSync(join(sources, file)));
  const path = join(cache, `${name}-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(path)) return path;
  mkdirSync(cache, { recursive: true });
  // Several test files may build at once: each writes its own file, and the last rename wins with equal bytes.
  const partial = `${path}.${process.pid}`;
  execFileSync('gcc', [...programs[name], '-o', partial], { cwd: sources, stdio: ['ignore', 'ignore', 'pipe'] });
  renameSync(partial, path);
  return path;
}

/** A child process whose standard input and output are read and written synchronously, for request and answer. */
export interface Peer {
  send(bytes: Uint8Array): void;
  /** Exactly `size` bytes; throws when the peer ends before. */
  receive(size: number): Uint8Array;
  close(): void;
}

/** Starts a program with named pipes as standard input and output, since node's own pipes are asynchronous. */
export function startPeer(program: string, args: readonly string[] = []): Peer {
  const folder = mkdtempSync(join(tmpdir(), 'nestlab-oracle-'));
  const names = [join(folder, 'request'), join(folder, 'response')] as const;
  execFileSync('mkfifo', names);
  // Opened for both directions first: opening one end alone would wait for the other.
  const holders = names.map((name) => openSync(name, 'r+'));
  const [input, output] = [openSync(names[0], 'r'), openSync(names[1], 'w')];
  const [to, from] = [openSync(names[0], 'w'), openSync(names[1], 'r')];
  for (const fd of holders) closeSync(fd);
  const child = spawn(program, args, { stdio: [input, output, 'inherit'] });
  child.unref();
  closeSync(input);
  closeSync(output);
  rmSync(folder, { recursive: true });
  return {
    send(bytes) {
      for (let done = 0; done < bytes.length; ) done += writeSync(to, bytes, done);
    },
    receive(size) {
      const bytes = new Uint8Array(size);
      for (let done = 0; done < size; ) {
        const n = readSync(from, bytes, done, size - done, null);
        if (n === 0) throw new Error(`${program} ended in the middle of an answer`);
        done += n;
      }
      return bytes;
    },
    close() {
      closeSync(to);
      closeSync(from);
    },
  };
}

/** Starts the snippet server; throws when it cannot be built (ask `whyNoOracle` first). */
export function openOracle(): Oracle {
  const peer = startPeer(buildOracle('snippets'));
  return {
    run(image, snippets, setup = plainSetup) {
      peer.send(encode(image, snippets, setup));
      const size = new Uint32Array(peer.receive(4).buffer)[0] as number;
      return decode(peer.receive(size), snippets);
    },
    close: peer.close,
  };
}

/** Words before the memory image. */
const HEAD = 12;

function encode(image: Uint8Array, snippets: readonly Snippet[], { fs, gs, code16 }: Setup): Uint8Array {
  if (image.length !== imageSize) throw new Error(`oracle: the image has ${image.length} bytes, not ${imageSize}`);
  let size = HEAD * 4 + imageSize;
  for (const s of snippets) size += 48 + (s.fx ? 512 : 0) + (s.patches?.length ?? 0) * 4 + ((s.code.length + 3) & ~3);
  const bytes = new Uint8Array(size);
  const words = new Uint32Array(bytes.buffer);
  words[0] = size - 4;
  words[1] = snippets.length;
  const CODE = 4;
  const cs16 = { base: layout.code, limit: code16 ?? 0, flags: CODE };
  words.set(
    [fs, gs, cs16].flatMap(({ base, limit, flags }) => [base, limit, flags]),
    2,
  );
  words[11] = code16 === undefined ? 0 : 1;
  bytes.set(image, HEAD * 4);
  let at = HEAD * 4 + imageSize;
  for (const s of snippets) {
    const w = at >> 2;
    words[w] = s.offset | (s.code.length << 16);
    words[w + 1] = (s.fx ? 1 : 0) | (s.wantFx ? 2 : 0);
    words.set(s.gpr, w + 2);
    words[w + 10] = s.eflags;
    words[w + 11] = (s.patches?.length ?? 0) >> 1;
    at += 48;
    if (s.fx) {
      bytes.set(s.fx, at);
      at += 512;
    }
    if (s.patches) {
      words.set(s.patches, at >> 2);
      at += s.patches.length * 4;
    }
    bytes.set(s.code, at);
    at += (s.code.length + 3) & ~3;
  }
  return bytes;
}

function decode(bytes: Uint8Array, snippets: readonly Snippet[]): Outcome[] {
  const words = new Uint32Array(bytes.buffer);
  let at = 0;
  return snippets.map((s) => {
    const head = at;
    at += 19;
    const fx = s.wantFx ? bytes.subarray(at * 4, at * 4 + 512) : undefined;
    if (s.wantFx) at += 128;
    const changes = words.subarray(at, at + 2 * (words[head + 18] as number));
    at += changes.length;
    return {
      signal: words[head] as number,
      trap: words[head + 1] as number,
      error: words[head + 2] as number,
      cr2: words[head + 3] as number,
      gpr: words.subarray(head + 4, head + 12),
      eip: words[head + 12] as number,
      eflags: words[head + 13] as number,
      selectors: words.subarray(head + 14, head + 18).map((selector) => selector & 0xffff),
      fx,
      changes,
    };
  });
}
