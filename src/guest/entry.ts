/** The life of a guest kernel, from the first instruction of its program to the last. */
import * as f from '../abi/flags.ts';
import { SIG_IGN, SIGALRM, SIGHUP, SIGINT, SIGIO, SIGPIPE, SIGQUIT, SIGTERM, SIGWINCH } from '../abi/signals.ts';
import { SYSINFO } from '../abi/structs.ts';
import { prepare, type RunEnd } from '../kernel/kernel.ts';
import type { Kernel, Wait } from '../kernel/platform.ts';
import type { Primitive } from '../kernel/primitive.ts';
import { Alarm } from './alarm.ts';
import { AT_BUFFER, AT_STRUCT, Below } from './below.ts';
import { Call, syscallNumber } from './call.ts';
import { Console } from './console.ts';
import {
  AFTER_SIGNAL,
  DATA,
  DATA_SIGNALS,
  SIGNAL_HANDLER,
  SIGNAL_RESTORER,
  TRAP,
  TRAP_CLONE,
  TRAP_SIX,
} from './image.ts';
import { GuestMemory } from './memory.ts';
import { type GuestOptions, parseOptions } from './options.ts';
import { EXIT_FAILURE, Guest } from './platform.ts';
import { EAX, EBP, EBX, ECX, EDI, EDX, ESI, ESP, type Processor } from './processor.ts';
import { readStart, type Started } from './start.ts';
import type { Tower } from './tower.ts';

/** What guest kernels are made of. */
export interface GuestParts {
  readonly towers: readonly Tower[];
  readonly primitives: readonly Primitive[];
}

/** A step of the native routine: the offset in the image at which it goes on. */
type Steps = Generator<number, number, void>;

const CALL = {
  close: syscallNumber('close'),
  clockGettime: syscallNumber('clock_gettime64'),
  exitGroup: syscallNumber('exit_group'),
  ftruncate: syscallNumber('ftruncate64'),
  getcwd: syscallNumber('getcwd'),
  getegid: syscallNumber('getegid32'),
  geteuid: syscallNumber('geteuid32'),
  getpid: syscallNumber('getpid'),
  madvise: syscallNumber('madvise'),
  memfd: syscallNumber('memfd_create'),
  mmap: syscallNumber('mmap2'),
  open: syscallNumber('open'),
  read: syscallNumber('read'),
  sigaction: syscallNumber('rt_sigaction'),
  sysinfo: syscallNumber('sysinfo'),
  write: syscallNumber('write'),
} as const;

const ARGUMENTS = [EBX, ECX, EDX, ESI, EDI, EBP] as const;
const SA_RESTORER = 0x04000000;
/** Signals that a guest kernel passes on, or acts on itself. */
const NOTICED = [SIGALRM, SIGIO, SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGQUIT];
const MFD_CLOEXEC = 1;
const PAGE = 4096;
/** Name of the memory file: "gest", four bytes. */
const NAME = 0x74736567;
/** Where a kernel tells how many are below it. */
const NESTING = '/proc/sys/kernel/nesting';
/** Where physical memory goes where there is room: the guest kernel's range of the address map. */
const MEMORY_HINT = 0x70000000;
/** The stub `start`: what the guest kernel does from then on. `code` is the address of the code page. */
export function start(processor: Processor, code: number, parts: GuestParts): { home: number; readonly steps: Steps } {
  return { home: (code + DATA) | 0, steps: steps(processor, life(processor, code, parts)) };
}

/** The stub `signal`: takes note of the signal that its handler was called for. */
export function signal(processor: Processor, code: number): number {
  const at = (code + DATA + DATA_SIGNALS) | 0;
  const number = processor.load32((processor.get(ESP) + 4) | 0);
  processor.store32(at, processor.load32(at) | (1 << number));
  return AFTER_SIGNAL;
}

/** Makes every call that the kernel yields a real trap. */
function* steps(processor: Processor, kernel: Kernel<void>): Steps {
  for (let step = kernel.next(); !step.done; step = kernel.next()) {
    const call = trapOf(step.value);
    processor.set(EAX, call.number);
    for (let n = 0; n < 5; n++) processor.set(ARGUMENTS[n], call.args[n]);
    if (!call.six) yield call.clones ? TRAP_CLONE : TRAP;
    else {
      const stack = (processor.get(ESP) - 4) | 0;
      processor.set(ESP, stack);
      processor.store32(stack, call.args[5]);
      yield TRAP_SIX;
      processor.set(ESP, (stack + 4) | 0);
    }
    call.result = processor.get(EAX);
  }
  throw new Error('guest: the kernel came to an end without exit_group');
}

function trapOf(wait: Wait): Call {
  if (wait instanceof Call) return wait;
  throw new Error(`guest: the kernel waits for ${wait.kind} and not for the kernel below`);
}

function* life(processor: Processor, code: number, parts: GuestParts): Kernel<void> {
  // The stack that is used below is brought in now: a fault before the first call begins all this anew.
  processor.store32((processor.get(ESP) - PAGE) | 0, 0);
  const started = readStart(processor);
  const call = new Call();
  processor.depth = (yield* depthBelow(processor, call)) + 1;
  const options = parseOptions(started.argv.slice(1));
  if (typeof options === 'string') return yield* refuse(processor, call, options);
  const tower = parts.towers.find(({ name }) => name === options.tower);
  if (!tower) {
    const names = parts.towers.map(({ name }) => name).join(', ');
    return yield* refuse(processor, call, `tower=${options.tower}: there is no such tower; choose one of ${names}`);
  }
  const taken = yield* takeMemory(processor, call, options.memory);
  if (!taken) {
    const size = `mem=${options.memory >>> 20}M`;
    const why = `${size}: the kernel below has not so much memory; give less, or the run more (--mem)`;
    return yield* refuse(processor, call, why);
  }
  const { file, base } = taken;
  // Applications begin as copies of this process: they are not to see its memory, and it is to keep its own pages.
  yield* call.make(CALL.madvise, base, options.memory, f.MADV_DONTFORK);
  yield* call.make(CALL.madvise, (code + DATA) | 0, PAGE, f.MADV_DONTFORK);
  processor.set(ESP, (base + PAGE) | 0);
  const guest = yield* build(
    processor,
    code,
    started,
    new Below(new GuestMemory(processor, base, options.memory)),
    file,
  );
  Object.assign(guest, yield* tower.build(guest));
  const end = yield* boot(guest, started, options, parts);
  yield* guest.close();
  yield* guest.below.call.make(CALL.exitGroup, exitCode(end));
}

/** Kernels below the one below, as that tells it; nobody who starts a guest kernel has a say in it. */
function* depthBelow(processor: Processor, call: Call): Kernel<number> {
  const at = (processor.get(ESP) - 256) | 0;
  for (let n = 0; n <= NESTING.length; n++) processor.store8((at + n) | 0, NESTING.charCodeAt(n) | 0);
  const file = yield* call.make(CALL.open, at, f.O_RDONLY, 0);
  const length = yield* call.make(CALL.read, file, at, 16);
  yield* call.make(CALL.close, file);
  let text = '';
  for (let n = 0; n < length; n++) text += String.fromCharCode(processor.load8((at + n) | 0));
  return /^\d{1,2}\n/.test(text) ? Number.parseInt(text, 10) : 0;
}

/** One line to standard error, and the end. */
function* refuse(processor: Processor, call: Call, why: string): Kernel<void> {
  const text = `nestlab guest: ${why}\n`;
  const at = (processor.get(ESP) - 4096) | 0;
  processor.write(
    at,
    Uint8Array.from(text, (character) => character.charCodeAt(0)),
    0,
    text.length,
  );
  yield* call.make(CALL.write, 2, at, text.length);
  yield* call.make(CALL.exitGroup, EXIT_FAILURE);
}

/** Makes a file of the kernel below that will be physical memory, and maps it, every page present. */
function* takeMemory(
  processor: Processor,
  call: Call,
  size: number,
): Kernel<{ file: number; base: number } | undefined> {
  const at = (processor.get(ESP) - 256) | 0;
  // Asked first: a kernel that runs out of memory kills who wants it.
  yield* call.make(CALL.sysinfo, at);
  if (size > processor.load32((at + SYSINFO.at.freeram) | 0) >>> 0) return undefined;
  processor.store32(at, NAME);
  processor.store8((at + 4) | 0, 0);
  const file = yield* call.make(CALL.memfd, at, MFD_CLOEXEC);
  if (file < 0 || (yield* call.make(CALL.ftruncate, file, size, 0)) < 0) return undefined;
  const base = yield* call.make(CALL.mmap, MEMORY_HINT, size, f.PROT_READ | f.PROT_WRITE, f.MAP_SHARED, file);
  if (isError(base) || (yield* call.make(CALL.madvise, base, size, f.MADV_POPULATE_WRITE)) < 0) return undefined;
  return { file, base };
}

/** Whether the result of mmap is -errno. */
function isError(address: number): boolean {
  return address < 0 && address > -PAGE;
}

function* build(processor: Processor, code: number, started: Started, below: Below, memoryFile: number): Kernel<Guest> {
  const { call, memory } = below;
  const pid = yield* call.make(CALL.getpid);
  for (const number of NOTICED)
    yield* setHandler(below, number, (code + SIGNAL_HANDLER) | 0, (code + SIGNAL_RESTORER) | 0);
  yield* setHandler(below, SIGPIPE, SIG_IGN, 0);
  const now = processor.time();
  yield* call.make(CALL.clockGettime, f.CLOCK_REALTIME, below.at(AT_STRUCT));
  const seconds = (memory.load32(AT_STRUCT) >>> 0) + memory.load32(AT_STRUCT + 4) * 2 ** 32;
  const info = yield* below.text('/proc/cpuinfo');
  const field = (name: string): string => new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(info)?.[1] ?? '';
  const part = (name: string): number => Number(field(name));
  const signature = (part('cpu family') << 8) | (part('model') << 4) | part('stepping');
  const guest = new Guest(processor, below, {
    code,
    data: (code + DATA) | 0,
    pid,
    top: started.top,
    memoryFile,
    bootTime: seconds * 1e9 + memory.load32(AT_STRUCT + 8) - (processor.time() - now),
    seed: started.seed,
    cpu: {
      platform: started.platform,
      hwcap: started.hwcap,
      model: field('model name'),
      flags: field('flags'),
      signature,
    },
  });
  guest.console = yield* Console.open(below, pid, () => guest.events);
  guest.alarm = new Alarm(below);
  return guest;
}

function* setHandler(below: Below, signal: number, handler: number, restorer: number): Kernel<void> {
  const { call, memory } = below;
  for (const [n, word] of [handler, restorer ? SA_RESTORER : 0, restorer, 0, 0].entries()) {
    memory.store32(AT_STRUCT + n * 4, word);
  }
  yield* call.make(CALL.sigaction, signal, below.at(AT_STRUCT), 0, 8);
}

function* boot(guest: Guest, started: Started, options: GuestOptions, parts: GuestParts): Kernel<RunEnd> {
  const { below } = guest;
  const length = yield* below.call.make(CALL.getcwd, below.at(AT_BUFFER), 4096);
  const cwd = new Uint8Array(Math.max(1, length) - 1);
  below.memory.read(AT_BUFFER, cwd, 0, cwd.length);
  const uid = yield* below.call.make(CALL.geteuid);
  const gid = yield* below.call.make(CALL.getegid);
  const { run } = prepare(guest, {
    program: options.init,
    argv: options.argv,
    envp: started.envp,
    cwd: String.fromCharCode(...cwd) || '/',
    uid,
    gid,
    primitives: parts.primitives,
  });
  const end = yield* run;
  if (end.kind === 'refused') guest.warn(`${options.init}: cannot be executed (errno ${end.errno})`);
  return end;
}

/** As a shell reports it: 128 + signal. */
function exitCode(end: RunEnd): number {
  if (end.kind === 'deadlock') return EXIT_FAILURE;
  if (end.kind === 'refused') return end.errno === 2 ? 127 : 126;
  const signal = end.status & 0x7f;
  return signal ? 128 + signal : (end.status >> 8) & 0xff;
}
