/** The life of a guest kernel, from the first instruction of its program to the last. */
import { errnoMessage } from '../abi/errno.ts';
import * as f from '../abi/flags.ts';
import type { Violation } from '../kernel/audit/books.ts';
import { type Booted, prepare, type RunEnd } from '../kernel/kernel.ts';
import type { Kernel, Observer, Wait } from '../kernel/platform.ts';
import type { Primitive } from '../kernel/primitive.ts';
import type { Task } from '../kernel/tasks/task.ts';
import { AGAIN, Alarm } from './alarm.ts';
import { AT_BUFFER, AT_STRUCT, Below } from './below.ts';
import { Call, syscallNumber } from './call.ts';
import { carry, noticeSignals } from './carrying.ts';
import { towerNamed } from './compose.ts';
import { Console } from './console.ts';
import { farewell, killedBy } from './farewell.ts';
import { GuestMemory } from './memory.ts';
import { BLOCK, makeMemory, mapMemory } from './memory-file.ts';
import { type GuestOptions, parseOptions } from './options.ts';
import { EXIT_FAILURE, Guest } from './platform.ts';
import { ESP, type Processor } from './processor.ts';
import { readStart, type Started } from './start.ts';
import type { Choices } from './tower.ts';

/** What guest kernels are made of. */
export interface GuestParts {
  readonly choices: Choices;
  readonly primitives: readonly Primitive[];
  /** Called with the first task of each guest kernel: for who watches from outside. */
  readonly watch?: (first: Task) => void;
  /** Who sees the calls and signals of the programs of a guest kernel that has so many kernels below it. */
  readonly observer?: (depth: number) => Observer | undefined;
  /** Is told what is wrong with the books of a guest kernel at its end, and how many kernels are below it. */
  readonly audited?: (depth: number, violations: readonly Violation[]) => void;
}

const CALL = {
  close: syscallNumber('close'),
  clockGettime: syscallNumber('clock_gettime64'),
  exitGroup: syscallNumber('exit_group'),
  getcwd: syscallNumber('getcwd'),
  getegid: syscallNumber('getegid32'),
  geteuid: syscallNumber('geteuid32'),
  getpid: syscallNumber('getpid'),
  getppid: syscallNumber('getppid'),
  madvise: syscallNumber('madvise'),
  open: syscallNumber('open'),
  read: syscallNumber('read'),
  write: syscallNumber('write'),
} as const;
const PAGE = 4096;
/** Characters of a message of ours, and of a line to standard error. */
const MESSAGE_MOST = 300;
const TEXT_MOST = 2048;
/** Where a kernel tells how many are below it. */
const NESTING = '/proc/sys/kernel/nesting';

/** What is to be known of a kernel at its end. */
interface Known {
  tower: string;
  guest?: Guest;
}

/** The stages of a life: each is given what it came to when it is over. */
type Stages = Generator<Kernel<unknown>, void, unknown>;

/**
 * What the kernel does that a processor has begun to execute, whose code page is at `code`; `settle` tells the page that
 * is its home from then on. A mistake of ours ends this kernel and nobody else. The stage that runs is asked itself and
 * not by way of the stages: each generator in between would cost at every trap.
 */
export class Life {
  readonly #stages: Stages;
  #stage: Kernel<unknown> | undefined;

  constructor(processor: Processor, code: number, parts: GuestParts, settle: (home: number) => void) {
    this.#stages = stages(processor, code, parts, settle);
    this.#stage = this.#stages.next().value ?? undefined;
  }

  /** The trap that the kernel goes on with, undefined at its end. */
  next(): Wait | undefined {
    while (this.#stage !== undefined) {
      let came: IteratorResult<Kernel<unknown>, void>;
      try {
        const step = this.#stage.next();
        if (!step.done) return step.value;
        came = this.#stages.next(step.value);
      } catch (error) {
        this.#stage = undefined;
        came = this.#stages.throw(error);
      }
      this.#stage = came.value ?? undefined;
    }
    return undefined;
  }
}

function* stages(processor: Processor, code: number, parts: GuestParts, settle: (home: number) => void): Stages {
  const known: Known = { tower: '' };
  try {
    const begun = (yield begin(processor, code, parts, settle, known)) as Begun | undefined;
    if (!begun) return;
    const end = (yield begun.booted.run) as RunEnd;
    parts.audited?.(processor.depth, begun.booted.audit());
    yield finish(begun, end);
  } catch (error) {
    // A fault of its memory is the processor's to raise, in the process that this is.
    if (!(error instanceof Error)) throw error;
    yield collapse(processor, known, error);
  }
}

/** The end by a mistake of our own: as much as can still be done. */
function* collapse(processor: Processor, { tower, guest }: Known, { message }: Error): Kernel<void> {
  const why = `a mistake of nestlab's own: ${message.slice(0, MESSAGE_MOST).replace(/[^ -~]/g, ' ')}`;
  const call = new Call();
  yield* tell(processor, call, farewell(processor.depth, tower, why));
  if (guest?.console) yield* guest.console.close();
  yield* call.make(CALL.exitGroup, EXIT_FAILURE);
}

/** A kernel that is ready to run its programs. */
interface Begun {
  readonly guest: Guest;
  readonly booted: Booted;
  readonly options: GuestOptions;
  /** The program is this kernel's own file: another kernel within it. */
  readonly nests: boolean;
}

/** Builds the kernel; undefined where it refuses, which ends it. */
function* begin(
  processor: Processor,
  code: number,
  parts: GuestParts,
  settle: (home: number) => void,
  known: Known,
): Kernel<Begun | undefined> {
  // The stack that is used below is brought in now: a fault before the first call begins all this anew.
  processor.store32((processor.get(ESP) - PAGE) | 0, 0);
  const started = readStart(processor);
  const call = new Call();
  if (!started) return yield* refuse(processor, call, 'no kernel has started this: its stack has no end');
  processor.depth = (yield* depthBelow(processor, call)) + 1;
  const options = parseOptions(started.argv.slice(1));
  if (typeof options === 'string') return yield* refuse(processor, call, options);
  const tower = towerNamed(parts.choices, options.tower);
  if (typeof tower === 'string') return yield* refuse(processor, call, `tower=${options.tower}: ${tower}`);
  known.tower = tower.name;
  const carries = tower.delivery.carry !== undefined;
  const carried = options.memoryFile >= 0;
  const file = carried ? options.memoryFile : yield* makeMemory(processor, call, options.memory, carries);
  if (file < 0) return yield* refuse(processor, call, tooMuch(options));
  if (carries && !carried) return yield* carry(processor, code, started, file, tower);
  const base = yield* mapMemory(call, file, options.memory, code);
  if (base === undefined) return yield* refuse(processor, call, tooMuch(options));
  settle(base);
  // Applications that begin as copies of this process are not to see its memory.
  if (!carried) yield* call.make(CALL.madvise, base, options.memory, f.MADV_DONTFORK);
  processor.set(ESP, (base + PAGE) | 0);
  const below = new Below(new GuestMemory(processor, base, options.memory));
  const guest = yield* build(processor, code, started, below, file, carried);
  known.guest = guest;
  guest.observer = parts.observer?.(processor.depth);
  const protection = tower.protection.build(guest);
  guest.protection = protection;
  guest.switching = yield* tower.switching.build(guest, protection);
  const delivery = tower.delivery.build(guest, protection, guest.switching);
  guest.delivery = Symbol.iterator in delivery ? yield* delivery : delivery;
  const booted = yield* boot(guest, started, options, parts);
  return { guest, booted, options, nests: options.init === started.argv[0] };
}

/** What is to be said of the end of its programs, and its own. */
function* finish({ guest, options, nests }: Begun, end: RunEnd): Kernel<void> {
  if (end.kind === 'refused') guest.warn(`${options.init}: cannot be executed: ${errnoMessage(end.errno)}`);
  if (nests && end.kind === 'ended' && (end.status & 0x7f) !== 0)
    guest.warn(farewell(guest.depth + 1, towerOf(options.argv), killedBy(end.status)));
  yield* guest.close();
  yield* guest.below.call.make(CALL.exitGroup, exitCode(end));
}

/** The tower of a guest kernel's command line. */
function towerOf(argv: readonly string[]): string {
  const options = parseOptions(argv.slice(1));
  return typeof options === 'string' ? '' : options.tower;
}

function tooMuch({ memory }: GuestOptions): string {
  return `mem=${memory >>> 20}M: the kernel below has not so much memory; give less, or the run more (--mem)`;
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
function* refuse(processor: Processor, call: Call, why: string): Kernel<undefined> {
  yield* tell(processor, call, why);
  yield* call.make(CALL.exitGroup, EXIT_FAILURE);
  return undefined;
}

/** One line to standard error, by way of the page that the stack is in. */
function* tell(processor: Processor, call: Call, why: string): Kernel<void> {
  const text = `nestlab guest: ${why}\n`.slice(-TEXT_MOST);
  const at = (processor.get(ESP) - TEXT_MOST) | 0;
  processor.write(
    at,
    Uint8Array.from(text, (character) => character.charCodeAt(0)),
    0,
    text.length,
  );
  yield* call.make(CALL.write, 2, at, text.length);
}

function* build(
  processor: Processor,
  code: number,
  started: Started,
  below: Below,
  memoryFile: number,
  carried: boolean,
): Kernel<Guest> {
  const { call, memory } = below;
  // Whoever carries the kernel is the process that others know, and takes note of signals.
  const pid = yield* call.make(carried ? CALL.getppid : CALL.getpid);
  if (!carried) yield* noticeSignals(below, code);
  const now = processor.time();
  yield* call.make(CALL.clockGettime, f.CLOCK_REALTIME, below.at(AT_STRUCT));
  const seconds = (memory.load32(AT_STRUCT) >>> 0) + memory.load32(AT_STRUCT + 4) * 2 ** 32;
  const info = yield* below.text('/proc/cpuinfo');
  const field = (name: string): string => new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(info)?.[1] ?? '';
  const part = (name: string): number => Number(field(name));
  const signature = (part('cpu family') << 8) | (part('model') << 4) | part('stepping');
  const guest = new Guest(processor, below, {
    code,
    pid,
    top: started.top,
    split: (memory.base >>> 22) * BLOCK,
    memoryFile,
    carried,
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
  guest.alarm = new Alarm(below, carried ? 0 : AGAIN);
  return guest;
}

/** The kernel, and its life once it runs. */
function* boot(guest: Guest, started: Started, options: GuestOptions, parts: GuestParts): Kernel<Booted> {
  const { below } = guest;
  const length = yield* below.call.make(CALL.getcwd, below.at(AT_BUFFER), 4096);
  const cwd = new Uint8Array(Math.max(1, length) - 1);
  below.memory.read(AT_BUFFER, cwd, 0, cwd.length);
  const uid = yield* below.call.make(CALL.geteuid);
  const gid = yield* below.call.make(CALL.getegid);
  return prepare(guest, {
    program: options.init,
    argv: options.argv,
    envp: started.envp,
    cwd: String.fromCharCode(...cwd) || '/',
    uid,
    gid,
    primitives: parts.primitives,
    ...(parts.watch ? { watch: parts.watch } : {}),
  });
}

/** As a shell reports it: 128 + signal. */
function exitCode(end: RunEnd): number {
  if (end.kind === 'deadlock') return EXIT_FAILURE;
  if (end.kind === 'refused') return end.errno === 2 ? 127 : 126;
  const signal = end.status & 0x7f;
  return signal ? 128 + signal : (end.status >> 8) & 0xff;
}
