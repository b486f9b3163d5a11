/**
 * A Platform without a processor: memory in an ArrayBuffer, and "programs" that are lists of steps. EIP counts steps,
 * two bytes each (as long as int 0x80, so that restarted calls work). A step is a system call or a function.
 */
import { EHDR, ELFMAG, EM_386, ET_EXEC, PF_R, PF_X, PHDR, PT_GNU_STACK, PT_LOAD } from '../../src/abi/elf.ts';
import { Frames } from '../../src/kernel/memory/frames.ts';
import type { Context, Kernel, Memory, Platform, Space, Stop, Stream } from '../../src/kernel/platform.ts';
import * as R from '../../src/kernel/platform.ts';
import { MemoryTree } from './tree.ts';

const PAGE = 4096;
export const TEXT = 0x08048000;
const FIRST_STEP = TEXT + 0x100;
const CODE = 0x73;
const DATA = 0x7b;

/** A value now, or one that depends on the registers when the step runs. */
type Value = number | ((cpu: FakeCpu) => number);
/** `[number, arguments...]` is a system call. */
export type Step = readonly Value[] | ((cpu: FakeCpu) => void);

/** The processor as a step's function sees it. */
export interface FakeCpu {
  readonly regs: Int32Array;
  /** Memory of the running program; an access that is not mapped faults, and the step runs again once it is. */
  load32(address: number): number;
  store32(address: number, value: number): void;
  /** Goes on at a step of the program that starts at `text`. */
  jump(step: number): void;
  /** Raises an exception. */
  raise(vector: number): never;
}

class Trap {
  readonly stop: Partial<Stop>;
  constructor(stop: Partial<Stop>) {
    this.stop = stop;
  }
}

class FakeMemory implements Memory {
  readonly size: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(size: number) {
    this.size = size;
    this.#bytes = new Uint8Array(size);
    this.#view = new DataView(this.#bytes.buffer);
  }

  load8 = (address: number): number => this.#view.getUint8(address);
  load16 = (address: number): number => this.#view.getUint16(address, true);
  load32 = (address: number): number => this.#view.getInt32(address, true);
  store8 = (address: number, value: number): void => this.#view.setUint8(address, value);
  store16 = (address: number, value: number): void => this.#view.setUint16(address, value, true);
  store32 = (address: number, value: number): void => this.#view.setInt32(address, value, true);

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    into.set(this.#bytes.subarray(address, address + length), offset);
  }

  peek(address: number, into: Uint8Array, offset: number, length: number): void {
    into.set(this.#bytes.subarray(address, address + length), offset);
  }

  write(address: number, from: Uint8Array, offset: number, length: number): void {
    this.#bytes.set(from.subarray(offset, offset + length), address);
  }

  fill(address: number, value: number, length: number): void {
    this.#bytes.fill(value, address, address + length);
  }

  copy(to: number, from: number, length: number): void {
    this.#bytes.copyWithin(to, from, from + length);
  }
}

class FakeSpace implements Space {
  readonly pages = new Map<number, { frame: number; writable: boolean }>();
  destroyed = false;

  map(page: number, frame: number, rights: number): boolean {
    this.pages.set(page, { frame, writable: (rights & R.WRITE) !== 0 });
    return true;
  }

  unmap(page: number, count: number): void {
    for (const mapped of [...this.pages.keys()]) if (mapped >= page && mapped < page + count) this.pages.delete(mapped);
  }

  writeProtect(page: number, count: number): void {
    for (const [mapped, entry] of this.pages) if (mapped >= page && mapped < page + count) entry.writable = false;
  }

  dirty(): undefined {
    return undefined;
  }

  destroy(): void {
    this.pages.clear();
    this.destroyed = true;
  }
}

/** An ELF file whose steps are `count` long. */
export function fakeElf(count: number): Uint8Array {
  const size = FIRST_STEP - TEXT + count * 2;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  const put = (at: number, width: number, value: number): void => {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
  };
  put(0, 4, ELFMAG);
  bytes.set([1, 1, 1], 4);
  for (const [field, value] of [
    ['e_type', ET_EXEC],
    ['e_machine', EM_386],
    ['e_version', 1],
    ['e_entry', FIRST_STEP],
    ['e_phoff', EHDR.size],
    ['e_ehsize', EHDR.size],
    ['e_phentsize', PHDR.size],
    ['e_phnum', 2],
  ] as const) {
    put(EHDR.at[field], EHDR.sizes[field], value);
  }
  for (const [field, value] of [
    ['p_type', PT_LOAD],
    ['p_vaddr', TEXT],
    ['p_filesz', size],
    ['p_memsz', size],
    ['p_flags', PF_R | PF_X],
    ['p_align', PAGE],
  ] as const) {
    put(EHDR.size + PHDR.at[field], 4, value);
  }
  put(EHDR.size + PHDR.size + PHDR.at.p_type, 4, PT_GNU_STACK);
  put(EHDR.size + PHDR.size + PHDR.at.p_flags, 4, PF_R);
  return bytes;
}

/** A world of fake programs. */
export class FakePlatform implements Platform {
  readonly memory: FakeMemory;
  readonly frames: Frames;
  readonly depth = 0;
  readonly top = 0xc0000000;
  readonly bootTime = 1_000_000_000e9;
  readonly cpu = { platform: 'i686', hwcap: 0, model: 'fake', flags: '', signature: 0x652 };
  readonly tree: MemoryTree;
  readonly streams: readonly [Stream, Stream, Stream];
  events: Platform['events'] = { input: () => {}, resize: () => {}, signal: () => {} };
  readonly observer?: Platform['observer'];
  readonly warnings: string[] = [];
  /** What was written to the streams, by descriptor. */
  readonly written = ['', '', ''];
  readonly counts = new Map<number, number>();
  readonly calls: number[] = [];
  readonly spaces: FakeSpace[] = [];
  #now = 0;
  #jumped = false;
  readonly #stop: Stop = { why: 'quantum', vector: 0, error: 0, address: 0 };
  /** The program that every task runs. */
  readonly #program: readonly Step[];

  constructor(program: readonly Step[], options: { frames?: number; observer?: Platform['observer'] } = {}) {
    const count = options.frames ?? 1024;
    this.memory = new FakeMemory(count * PAGE);
    this.frames = new Frames(1, count);
    this.#program = program;
    this.tree = new MemoryTree(() => this.memory);
    this.tree.file('/bin/program', fakeElf(program.length), 0o755);
    if (options.observer) this.observer = options.observer;
    const stream = (n: number): Stream => ({
      kind: 'pipe',
      size: [24, 80],
      *read() {
        return new Uint8Array(0);
      },
      write: (bytes) => this.#write(n, bytes),
    });
    this.streams = [{ ...stream(0), kind: 'null' }, stream(1), stream(2)];
  }

  *#write(n: number, bytes: Uint8Array): Kernel<number> {
    this.written[n] += String.fromCharCode(...bytes);
    return 0;
  }

  newSpace(): Space {
    const space = new FakeSpace();
    this.spaces.push(space);
    return space;
  }

  newContext(): Context {
    const regs = new Int32Array(R.REGISTERS);
    regs[R.CS] = CODE;
    for (const segment of [R.DS, R.ES, R.SS]) regs[segment] = DATA;
    regs[R.EFLAGS] = 0x202;
    return { regs, tls: new Int32Array(6), debug: new Int32Array(8), fpu: new Uint8Array(512) };
  }

  run(space: Space, context: Context, until: number): Stop {
    const { regs } = context;
    const stop = this.#stop;
    Object.assign(stop, { vector: 0, error: 0, address: 0 });
    for (;;) {
      if (this.#now >= until) {
        stop.why = 'quantum';
        return stop;
      }
      const step = this.#program[(regs[R.EIP] - FIRST_STEP) / 2];
      if (step === undefined) throw new Error(`fake: no step at ${regs[R.EIP].toString(16)}`);
      this.#now += 100;
      try {
        const cpu = this.#cpu(space as FakeSpace, regs);
        if (typeof step === 'function') {
          this.#jumped = false;
          step(cpu);
          if (!this.#jumped) regs[R.EIP] += 2;
          continue;
        }
        const [number, ...args] = step.map((value) => (typeof value === 'number' ? value : value(cpu)));
        regs[R.EAX] = number;
        [R.EBX, R.ECX, R.EDX, R.ESI, R.EDI, R.EBP].forEach((register, n) => {
          regs[register] = args[n] ?? 0;
        });
        regs[R.EIP] += 2;
        stop.why = 'syscall';
        return stop;
      } catch (trap) {
        if (!(trap instanceof Trap)) throw trap;
        Object.assign(stop, trap.stop);
        return stop;
      }
    }
  }

  #cpu(space: FakeSpace, regs: Int32Array): FakeCpu {
    const physical = (address: number, write: boolean): number => {
      const entry = space.pages.get(address >>> 12);
      const error = 4 | (write ? 2 : 0) | (entry ? 1 : 0);
      if (!entry || (write && !entry.writable))
        throw new Trap({ why: 'fault', error, address: address >>> 0, vector: 14 });
      return entry.frame * PAGE + (address & (PAGE - 1));
    };
    return {
      regs,
      load32: (address) => this.memory.load32(physical(address, false)),
      store32: (address, value) => this.memory.store32(physical(address, true), value),
      jump: (step) => {
        regs[R.EIP] = FIRST_STEP + step * 2;
        this.#jumped = true;
      },
      raise: (vector) => {
        throw new Trap({ why: 'exception', vector });
      },
    };
  }

  saveFpu(): void {}
  loadFpu(): void {}
  dropContext(): void {}

  now(): number {
    return this.#now;
  }

  count(event: number, amount: number): void {
    this.counts.set(event, (this.counts.get(event) ?? 0) + amount);
  }

  call(number: number): void {
    this.calls.push(number);
  }

  charge(cycles: number): void {
    this.#now += cycles;
  }

  *idle(until: number): Kernel<boolean> {
    if (until === Number.POSITIVE_INFINITY) return false;
    this.#now = Math.max(this.#now, until);
    return true;
  }

  random(count: number): Uint8Array {
    return new Uint8Array(count).fill(7);
  }

  warn(line: string): void {
    this.warnings.push(line);
  }
}

/** The address of a step, for handlers. */
export function addressOf(step: number): number {
  return FIRST_STEP + step * 2;
}
