/** Platform on the system calls of the kernel below: what makes src/kernel a guest kernel. */
import { EVENTS } from '../abi/events.ts';
import { SIGALRM, SIGIO, SIGSTOP, SIGURG, SIGWINCH } from '../abi/signals.ts';
import type { Books } from '../kernel/audit/books.ts';
import { Frames } from '../kernel/memory/frames.ts';
import type { Events, Kernel, LowerTree, Observer, Platform, Stop, Stream } from '../kernel/platform.ts';
import { Random } from '../kernel/random.ts';
import type { Alarm } from './alarm.ts';
import { type Below, FIRST_FRAME } from './below.ts';
import { syscallNumber } from './call.ts';
import type { Console } from './console.ts';
import { GuestContext } from './context.ts';
import { farewell, refusal } from './farewell.ts';
import { PAGE_SIGNALS } from './kernel-page.ts';
import type { GuestMemory } from './memory.ts';
import type { Processor } from './processor.ts';
import { GuestSpace } from './space.ts';
import type { Delivery, Protection, Switching } from './tower.ts';
import { BelowTree } from './tree.ts';

/** What a guest kernel found when it started. */
export interface Found {
  /** Linear address of its code page. */
  readonly code: number;
  readonly pid: number;
  /** First address above what a program of the kernel below may use. */
  readonly top: number;
  /** Applications that share its process have the addresses below this. */
  readonly split: number;
  /** Descriptor of its physical memory. */
  readonly memoryFile: number;
  /** Another process traces this one and takes note of its signals. */
  readonly carried: boolean;
  readonly bootTime: number;
  readonly seed: number;
  readonly cpu: Platform['cpu'];
}

/** Exit code of a guest kernel that cannot begin, or cannot go on: as `nestlab run` has it for itself. */
export const EXIT_FAILURE = 125;

const GETPID = syscallNumber('getpid');
const GETPPID = syscallNumber('getppid');
const KILL = syscallNumber('kill');
/** What an application is told for which there is no room below: #GP. */
const NO_ROOM: Stop = { why: 'exception', vector: 13, error: 0, address: 0 };
const TIME_IS_UP: Stop = { why: 'quantum', vector: 0, error: 0, address: 0 };

export class Guest implements Platform {
  readonly processor: Processor;
  readonly below: Below;
  readonly found: Found;
  readonly frames: Frames;
  readonly tree: LowerTree;
  readonly bootTime: number;
  readonly cpu: Platform['cpu'];
  readonly #stop: Stop = { why: 'quantum', vector: 0, error: 0, address: 0 };
  events: Events = { input: () => {}, resize: () => {}, signal: () => {} };
  delivery!: Delivery;
  switching!: Switching;
  protection!: Protection;
  observer: Observer | undefined;
  console!: Console;
  alarm!: Alarm;
  readonly #generator: Random;
  /** What plain calls left to be told to the kernel below. */
  readonly #gone: GuestSpace[] = [];
  readonly #warnings: string[] = [];
  readonly #own = new Set<number>();
  readonly #start: number;
  /** Of applications. */
  readonly selectors: Processor['selectors'];

  constructor(processor: Processor, below: Below, found: Found) {
    this.processor = processor;
    this.below = below;
    this.found = found;
    this.frames = new Frames(FIRST_FRAME, below.memory.size >>> 12);
    this.tree = new BelowTree(below);
    this.bootTime = found.bootTime;
    this.cpu = found.cpu;
    this.#generator = new Random(found.seed);
    this.#start = processor.time();
    this.selectors = processor.selectors;
  }

  get depth(): number {
    return this.processor.depth;
  }

  get segments(): true | undefined {
    return this.delivery.limits;
  }

  get memory(): GuestMemory {
    return this.below.memory;
  }

  get top(): number {
    return this.switching.top;
  }

  get streams(): readonly [Stream, Stream, Stream] {
    return this.console.streams;
  }

  /** A frame for this kernel itself, -1 when there is none. */
  ownFrame(): number {
    const frame = this.frames.allocate();
    if (frame >= 0) this.#own.add(frame);
    return frame;
  }

  /** Gives back a frame of `ownFrame`. */
  giveFrame(frame: number): void {
    this.#own.delete(frame);
    this.frames.release(frame);
  }

  audit(books: Books): void {
    for (const frame of this.#own) books.holds('frame', frame, 'the guest kernel itself');
  }

  newSpace(): GuestSpace {
    return new GuestSpace(
      (space) => this.#gone.push(space),
      (space, page) => (this.switching.entered === space ? this.protection.tables?.dirty(page) : undefined),
    );
  }

  newContext(): GuestContext {
    const { code, data } = this.selectors;
    return new GuestContext(code, data);
  }

  run(space: GuestSpace, context: GuestContext, until: number): Stop | Kernel<Stop> {
    if (this.#gone.length + this.#warnings.length > 0) return this.#settleAndRun(space, context, until);
    if (until <= this.now()) return TIME_IS_UP;
    const entered = this.switching.enter(space);
    if (entered === true && this.#alarm.suits(until)) return this.delivery.run(space, context, until);
    return this.#enterAndRun(entered, space, context, until);
  }

  *#settleAndRun(space: GuestSpace, context: GuestContext, until: number): Kernel<Stop> {
    yield* this.#settle();
    const stop = this.run(space, context, until);
    return 'why' in stop ? stop : yield* stop;
  }

  *#enterAndRun(
    entered: boolean | Kernel<boolean>,
    space: GuestSpace,
    context: GuestContext,
    until: number,
  ): Kernel<Stop> {
    if (!(typeof entered === 'boolean' ? entered : yield* entered)) return NO_ROOM;
    yield* this.#alarm.wanted(until, this.now());
    return yield* this.delivery.run(space, context, until);
  }

  /** The alarm of the process that the application runs in. */
  get #alarm(): Alarm {
    return (this.switching.home ?? this).alarm;
  }

  /** Why an application has stopped, as `run` tells it; each stop is told once. */
  tell(why: Stop['why'], vector: number, error: number, address: number): Stop {
    const stop = this.#stop;
    stop.why = why;
    stop.vector = vector;
    stop.error = error;
    stop.address = address;
    if (why === 'fault') this.count(EVENTS.pageFault, 1);
    else if (why === 'syscall') this.count(EVENTS.callTrap, 1);
    return stop;
  }

  saveFpu(context: GuestContext): void {
    this.delivery.saveFpu?.(context);
  }
  loadFpu(context: GuestContext): void {
    this.delivery.loadFpu?.(context);
  }
  dropContext(context: GuestContext): void {
    this.delivery.dropContext?.(context);
  }

  now(): number {
    return this.processor.time() - this.#start;
  }

  count(event: number, amount: number): void {
    this.processor.count(event, amount);
  }

  call(number: number): void {
    this.processor.call(number);
  }

  charge(cycles: number): void {
    this.processor.charge(cycles);
  }

  *idle(until: number): Kernel<boolean> {
    yield* this.#settle();
    const timed = until !== Number.POSITIVE_INFINITY;
    if (!timed && !this.console.live) return false;
    const delay = timed ? Math.max(0, until - this.now()) : until;
    yield* this.console.wait(delay);
    yield* this.notice();
    return true;
  }

  /** The process that stands for this kernel below stops, with the terminal given back, until somebody continues it. */
  *suspend(): Kernel<void> {
    yield* this.close();
    const { call } = this.below;
    const self = yield* call.make(GETPID);
    yield* call.make(KILL, this.found.carried ? yield* call.make(GETPPID) : self, SIGSTOP);
    // Where that one traces this one, a signal that does nothing waits until it goes on.
    yield* call.make(KILL, self, SIGURG);
    yield* this.console.begin(this.found.pid);
    yield* this.console.resized();
    yield* this.notice();
  }

  random(count: number): Uint8Array {
    return this.#generator.bytes(count);
  }

  warn(line: string): void {
    this.#warnings.push(`nestlab guest: ${line}\n`);
  }

  /** Acts on the signals that interrupted this kernel. Returns whether there were any. */
  *notice(): Kernel<boolean> {
    const { memory } = this;
    const signals = memory.load32(PAGE_SIGNALS);
    if (signals === 0) return false;
    memory.store32(PAGE_SIGNALS, 0);
    for (let signal = 1; signal < 32; signal++) {
      if ((signals & (1 << signal)) === 0) continue;
      if (signal === SIGALRM) yield* this.#alarm.came();
      else if (signal === SIGIO) yield* this.console.take();
      else if (signal === SIGWINCH) yield* this.console.resized();
      else this.events.signal(signal);
    }
    return true;
  }

  /** This kernel cannot go on: it says why and ends, and all its processes with it. */
  panic(why: string): Kernel<never> {
    return this.#end(farewell(this.depth, '', why));
  }

  /** This kernel cannot do here what its tower needs: it says why and ends before it has begun. */
  refuse(why: string): Kernel<never> {
    return this.#end(refusal(this.depth, why));
  }

  *#end(line: string): Kernel<never> {
    this.warn(line);
    yield* this.close();
    yield* this.below.call.make(syscallNumber('exit_group'), EXIT_FAILURE);
    throw new Error('guest: exit_group came back');
  }

  /** The last things before the kernel ends. */
  *close(): Kernel<void> {
    yield* this.#settle();
    yield* this.console.close();
  }

  *#settle(): Kernel<void> {
    while (this.#gone.length > 0) yield* this.switching.leave(this.#gone.pop()!);
    while (this.#warnings.length > 0) {
      const line = this.#warnings.shift()!;
      yield* this.below.write(
        2,
        Uint8Array.from(line, (character) => character.charCodeAt(0)),
      );
    }
  }
}
