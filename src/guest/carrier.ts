/**
 * The process that carries a guest kernel which shares its process with applications: it starts that process, traces
 * it, and ends with it. What it knows of the kernel is the kernel page, which both map.
 */
import { EINTR } from '../abi/errno.ts';
import * as f from '../abi/flags.ts';
import { SIGALRM, SIGCHLD, SIGTRAP, signalName } from '../abi/signals.ts';
import { EAX, EIP, ESP, type Kernel, ORIG_EAX, REGISTERS } from '../kernel/platform.ts';
import { AT_BUFFER, AT_REGISTERS, type Below, BUFFER_SIZE } from './below.ts';
import { syscallNumber } from './call.ts';
import { farewell, killedBy } from './farewell.ts';
import { DATA, GATE, GATE_STACK, TRAP } from './image.ts';
import {
  PAGE_CURRENT,
  PAGE_DEBUG,
  PAGE_DEBUG_CHANGED,
  PAGE_EIP,
  PAGE_ESP,
  PAGE_REASON,
  PAGE_REGISTERS,
  PAGE_SIGNALS,
  REASON,
} from './kernel-page.ts';
import type { GuestMemory } from './memory.ts';
import { EXIT_FAILURE } from './platform.ts';
import type { Processor } from './processor.ts';
import type { Started } from './start.ts';
import { stopSignal, TRACING, trace, type Waited, waitAny } from './tracing.ts';

const CALL = {
  clone: syscallNumber('clone'),
  execve: syscallNumber('execve'),
  exitGroup: syscallNumber('exit_group'),
  getpid: syscallNumber('getpid'),
  madvise: syscallNumber('madvise'),
} as const;
const PAGE = 4096;
/** Where struct user has the debug registers. */
const DEBUG_OFFSET = 252;
const READ = syscallNumber('read');
/** Results of a call that a signal interrupted, as a tracer sees them (ERESTARTSYS to ERESTART_RESTARTBLOCK). */
const RESTARTS: ReadonlySet<number> = new Set([-512, -513, -514, -516]);
/** In the buffer: the word that tells the kernel of its memory, then the pointers of its command line. */
const AT_POINTERS = AT_BUFFER + 32;
const ARGUMENTS_MOST = (BUFFER_SIZE - 32) / 4 - 2;

/** What a carrier is made with. */
export interface CarrierParts {
  readonly below: Below;
  readonly processor: Processor;
  readonly started: Started;
  /** Linear address of the code page. */
  readonly code: number;
  /** The kernel's first frame, mapped here too. */
  readonly page: GuestMemory;
  /** The option that tells the kernel of its memory. */
  readonly option: string;
  /** The tower's name, for messages. */
  readonly tower: string;
}

export class Carrier {
  readonly below: Below;
  readonly page: GuestMemory;
  readonly #parts: CarrierParts;
  /** Registers of the kernel when it began: its selectors and flags. */
  readonly #fresh = new Int32Array(REGISTERS);

  constructor(parts: CarrierParts) {
    this.#parts = parts;
    this.below = parts.below;
    this.page = parts.page;
  }

  /** Pid of the process that the kernel is in. */
  get current(): number {
    return this.page.load32(PAGE_CURRENT);
  }

  /**
   * Starts the kernel: a child that executes the same file and inherits the descriptor of its memory. `options` are
   * PTRACE_O_*. Returns its pid; it has stopped before its first instruction.
   */
  *launch(options: number): Kernel<number> {
    const { below, code, started } = this.#parts;
    const { call } = below;
    if (started.argv.length > ARGUMENTS_MOST) return yield* this.fail('its command line is too long');
    this.#writeArguments();
    const own = yield* call.make(CALL.getpid);
    call.clones = 'leaves';
    const pid = yield* call.make(CALL.clone, SIGCHLD, 0, 0, own);
    call.clones = undefined;
    if (pid < 0) return yield* this.fail(`the kernel below has no process for it (errno ${-pid})`);
    yield* waitAny(below);
    yield* this.request(f.PTRACE_SETOPTIONS, pid, 0, f.PTRACE_O_TRACESYSGOOD | f.PTRACE_O_EXITKILL | options);
    yield* this.#getRegisters(pid, this.#fresh);
    // EBX, ECX, EDX come first in struct user_regs_struct.
    this.#fresh.set([started.file, below.at(AT_POINTERS), started.environment]);
    this.#fresh[EAX] = CALL.execve;
    this.#fresh[EIP] = code + TRAP;
    yield* this.#setRegisters(pid, this.#fresh);
    yield* this.request(f.PTRACE_CONT, pid, 0, 0);
    const { status } = yield* waitAny(below);
    if (stopSignal(status) !== SIGTRAP) return yield* this.fail('it could not be started');
    yield* this.#getRegisters(pid, this.#fresh);
    this.page.store32(PAGE_CURRENT, pid);
    // Since the clone, a store of ours would be a fault: these are copies on write.
    yield* call.make(CALL.madvise, below.at(0), below.memory.size, f.MADV_POPULATE_WRITE);
    return pid;
  }

  request(what: number, pid: number, address: number, data: number): Kernel<number> {
    return trace(this.below, what, pid, address, data);
  }

  /** Waits for what happens next; signals to this process are handed on to the kernel. */
  *wait(): Kernel<Waited> {
    for (;;) {
      const waited = yield* waitAny(this.below);
      if (waited.pid > 0) return waited;
      if (waited.pid !== -EINTR) return yield* this.fail('its processes are gone');
      yield* this.#handOn();
    }
  }

  /** Takes the registers of an application that has stopped in `pid` over into the kernel page. */
  *save(pid: number): Kernel<void> {
    yield* this.request(f.PTRACE_GETREGS, pid, 0, (this.page.base + PAGE_REGISTERS) | 0);
  }

  /** Gives `pid`, where the kernel has stopped, the registers of the application that is to run. */
  *load(pid: number): Kernel<void> {
    const { page } = this;
    if (page.load32(PAGE_DEBUG_CHANGED)) {
      for (const n of [0, 1, 2, 3, 7])
        yield* this.request(f.PTRACE_POKEUSR, pid, DEBUG_OFFSET + n * 4, page.load32(PAGE_DEBUG + n * 4));
    }
    yield* this.request(f.PTRACE_SETREGS, pid, 0, (page.base + PAGE_REGISTERS) | 0);
  }

  /** Has `pid`, whose application has stopped, go on in the kernel. */
  *enter(pid: number, reason: number): Kernel<void> {
    const { page } = this;
    page.store32(PAGE_REASON, reason);
    const registers = this.#fresh;
    registers[EAX] = 0;
    registers[EIP] = page.load32(PAGE_EIP);
    registers[ESP] = page.load32(PAGE_ESP);
    yield* this.#setRegisters(pid, registers);
  }

  /** Before the signal of an exception is let through to the kernel's handler. */
  *exception(pid: number, signal: number): Kernel<void> {
    const { page } = this;
    page.store32(PAGE_REASON, REASON.exception);
    if (signal === SIGTRAP)
      yield* this.request(f.PTRACE_PEEKUSR, pid, DEBUG_OFFSET + 6 * 4, (page.base + PAGE_DEBUG + 6 * 4) | 0);
  }

  /** Takes note of a signal to the kernel, which has stopped for it in `pid`: a call that waits is to be EINTR. */
  *note(pid: number, signal: number): Kernel<void> {
    const { page } = this;
    page.store32(PAGE_SIGNALS, page.load32(PAGE_SIGNALS) | (1 << signal));
    const registers = new Int32Array(REGISTERS);
    yield* this.#getRegisters(pid, registers);
    if (registers[ORIG_EAX] < 0 || !RESTARTS.has(registers[EAX])) return;
    // Its turn in a home, for which the kernel waits by reading, comes all the same.
    if (registers[ORIG_EAX] === READ) return;
    registers[EAX] = -EINTR;
    yield* this.#setRegisters(pid, registers);
  }

  /** The kernel's process has ended: so does this one, in the same way. */
  *ended(status: number): Kernel<never> {
    const signal = status & 0x7f;
    if (signal !== 0) return yield* this.fail(killedBy(status));
    return yield* this.exit((status >> 8) & 0xff);
  }

  /**
   * A signal of an exception stopped `pid` where no application runs: there was no room for the frame of its exception,
   * for its ESP lies in the stack of these frames; or the kernel made a mistake, and ends.
   */
  *broken(pid: number, signal: number): Kernel<void> {
    const registers = new Int32Array(REGISTERS);
    yield* this.#getRegisters(pid, registers);
    const stack = (this.#parts.code + GATE + GATE_STACK) | 0;
    if ((registers[ESP] - stack) >>> 0 <= PAGE - GATE_STACK) {
      yield* this.save(pid);
      return yield* this.enter(pid, REASON.frameless);
    }
    const [at, value] = [registers[EIP] >>> 0, registers[EAX]];
    return yield* this.fail(`${signalName(signal)} in the kernel itself at 0x${at.toString(16)}, EAX ${value}`);
  }

  /** One line about the kernel's end, and the end. */
  *fail(why: string): Kernel<never> {
    const { processor, tower } = this.#parts;
    const line = `nestlab guest: ${farewell(processor.depth, tower, why)}\n`;
    yield* this.below.write(
      2,
      Uint8Array.from(line, (character) => character.charCodeAt(0)),
    );
    return yield* this.exit(EXIT_FAILURE);
  }

  *exit(code: number): Kernel<never> {
    yield* this.below.call.make(CALL.exitGroup, code);
    throw new Error('guest: exit_group came back');
  }

  /** The command line of the kernel: this one's, with the option in the second place. */
  #writeArguments(): void {
    const { below, option, started } = this.#parts;
    const { memory } = below;
    below.path(AT_BUFFER, option);
    const pointers = [...started.arguments];
    pointers.splice(1, 0, below.at(AT_BUFFER));
    for (const [n, pointer] of [...pointers, 0].entries()) memory.store32(AT_POINTERS + n * 4, pointer);
  }

  *#handOn(): Kernel<void> {
    const { code, processor } = this.#parts;
    const at = (code + DATA + PAGE_SIGNALS) | 0;
    const signals = processor.load32(at);
    if (signals === 0) return;
    processor.store32(at, 0);
    const { page } = this;
    page.store32(PAGE_SIGNALS, page.load32(PAGE_SIGNALS) | signals);
    yield* this.below.call.make(TRACING.kill, this.current, SIGALRM);
  }

  *#getRegisters(pid: number, registers: Int32Array): Kernel<void> {
    const { memory } = this.below;
    yield* this.request(f.PTRACE_GETREGS, pid, 0, this.below.at(AT_REGISTERS));
    for (let n = 0; n < REGISTERS; n++) registers[n] = memory.load32(AT_REGISTERS + n * 4);
  }

  /** No call is restarted. */
  *#setRegisters(pid: number, registers: Int32Array): Kernel<void> {
    const { memory } = this.below;
    for (let n = 0; n < REGISTERS; n++) memory.store32(AT_REGISTERS + n * 4, n === ORIG_EAX ? -1 : registers[n]);
    yield* this.request(f.PTRACE_SETREGS, pid, 0, this.below.at(AT_REGISTERS));
  }
}
