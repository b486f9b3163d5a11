/**
 * The host kernel's platform: the machine itself. `run` goes to the application with a real IRET and comes back when
 * the processor enters ring 0 through a gate.
 */
import { EVENTS } from '../abi/events.ts';
import { Frames } from '../kernel/memory/frames.ts';
import type {
  Below,
  Context,
  Events,
  Harbour,
  Kernel,
  LowerTree,
  Observer,
  Platform,
  Stop,
  Stream,
} from '../kernel/platform.ts';
import * as reg from '../kernel/platform.ts';
import { Random } from '../kernel/random.ts';
import { loadCr3 } from '../machine/control.ts';
import { DB, GP, hasErrorCode, PF, SS_FAULT, UD } from '../machine/fault.ts';
import { codeAt } from '../machine/inspect.ts';
import { deliver } from '../machine/interrupts.ts';
import type { Machine } from '../machine/machine.ts';
import * as st from '../machine/state.ts';
import { STOP_BUDGET, STOP_HALT, STOP_RING0 } from '../machine/stop.ts';
import { Clock } from './clock.ts';
import { HostContext } from './context.ts';
import { FPU_FIRST, FPU_WORDS, fromImage, toImage } from './fpu.ts';
import {
  HANDLERS,
  IDT,
  INNER_CS,
  INNER_DS,
  INNER_VECTOR,
  KERNEL_BASE,
  RETURN,
  STACK_TOP,
  SYSCALL_VECTOR,
  TIMER_VECTOR,
} from './layout.ts';
import { UNLIMITED } from './limit.ts';
import { SegmentTables } from './segments.ts';
import { HostSpace } from './space.ts';
import { enterKernel, KERNEL_FRAMES, type KernelPages, setGate, writeTables } from './tables.ts';

/** EFLAGS bits that an application controls; IF is always set, IOPL 0, VM and NT clear. */
const USER_FLAGS = 0x250dd5;
const IF = 0x200;
/** Bit of a selector that names the LDT. */
const LOCAL = 4;
/** Instructions between two chances for the world outside to deliver input. */
const BREATH = 4_000_000;
/** What a jump over idle time takes of a breath: timers alone must not keep the world outside from its turn. */
const IDLE_BREATH = 20_000;
/** What an entry to the kernel, and a new address space, take of a breath: about the instructions that fit into their time. */
const ENTRY_BREATH = 500;
const SPACE_BREATH = 100_000;
/** First frame that the host uses; frame 0 stays empty so that a zero entry never names memory. */
const FIRST_FRAME = 1;

/** What the host asks of whoever drives it, through the kernel's generator. */
export interface OutsideWait extends Below {
  /**
   * `breathe`: let pending events come in. `idle`: wait for an event, or until virtual time `until`. `suspend`: stop
   * the whole run. `input`: a stream gives its next bytes a moment (`until` ns of real time) to arrive; no virtual time
   * passes.
   */
  readonly why: 'breathe' | 'idle' | 'suspend' | 'input';
  readonly until: number;
}

/** The world around the machine. */
export interface Outside {
  readonly tree: LowerTree;
  readonly streams: readonly [Stream, Stream, Stream];
  /** Wall-clock time of boot, ns since 1970. */
  readonly bootTime: number;
  readonly seed: number;
  /** Input may still arrive (a terminal, a pipe that is open): idling is worth while. */
  live(): boolean;
  warn(line: string): void;
  readonly observer?: Observer;
  readonly harbour?: Harbour;
  /** Ties time to a clock (ns since boot); the run is then not reproducible. */
  readonly realTime?: () => number;
}

export class Host implements Platform {
  readonly machine: Machine;
  readonly frames: Frames;
  readonly depth = 0;
  readonly segments = true;
  readonly rings = { code: INNER_CS, stack: INNER_DS };
  readonly top = KERNEL_BASE >>> 0;
  readonly tree: LowerTree;
  readonly streams: readonly [Stream, Stream, Stream];
  readonly bootTime: number;
  readonly cpu: Platform['cpu'];
  readonly observer?: Observer;
  readonly harbour?: Harbour;
  events: Events = { input: () => {}, resize: () => {}, signal: () => {} };
  /** The last instruction of an application that raised #UD, for who wants to say why. */
  undefined: { readonly address: number; readonly bytes: Uint8Array } | undefined;
  private readonly outside: Outside;
  private readonly clock: Clock;
  private readonly generator: Random;
  /** The FPU state in the machine. */
  private readonly fpuWords: Int32Array;
  private readonly pages: KernelPages;
  private readonly sse: boolean;
  /** The directory in use while no application's is. */
  private readonly bootDirectory: number;
  private readonly stop: Stop = { why: 'quantum', vector: 0, error: 0, address: 0 };
  /** Whose registers the FPU holds, and whose the machine ran last. */
  private fpuOwner: HostContext | undefined;
  private last: HostContext | undefined;
  private breath = BREATH;
  /** Where int 0x80 leads now. */
  private gate: HostContext['gate'];
  private readonly tables: SegmentTables;

  constructor(machine: Machine, outside: Outside) {
    this.machine = machine;
    this.outside = outside;
    this.tree = outside.tree;
    this.streams = outside.streams;
    this.bootTime = outside.bootTime;
    if (outside.observer !== undefined) this.observer = outside.observer;
    if (outside.harbour !== undefined) this.harbour = outside.harbour;
    this.clock = new Clock(machine.cpu);
    this.generator = new Random(outside.seed);
    const { model } = machine.cpu;
    this.fpuWords = machine.cpu.s.subarray(FPU_FIRST, FPU_FIRST + FPU_WORDS);
    this.sse = model.features.has('sse');
    this.cpu = {
      platform: model.platform,
      hwcap: model.featureBits,
      signature: model.signature,
      model: model.title,
      flags: [...model.features].join(' '),
    };
    this.frames = new Frames(FIRST_FRAME + KERNEL_FRAMES + 1, machine.memory.size >>> 12);
    this.pages = writeTables(machine.memory, FIRST_FRAME);
    this.tables = new SegmentTables(machine, this.pages);
    this.bootDirectory = (FIRST_FRAME + KERNEL_FRAMES) << 12;
    machine.memory.fill(this.bootDirectory, 0, 4096);
    machine.memory.store32(this.bootDirectory + ((KERNEL_BASE >>> 22) << 2), this.pages.pageTable | 3);
    machine.cpu.stopAtRing0 = true;
    enterKernel(machine.cpu, this.bootDirectory);
  }

  get memory(): Platform['memory'] {
    return this.machine.memory;
  }

  newSpace(): HostSpace | undefined {
    this.breath -= SPACE_BREATH;
    const frame = this.frames.allocate();
    if (frame < 0) return undefined;
    return new HostSpace(this.machine, this.frames, this.pages.pageTable, frame, () => this.leave(frame << 12));
  }

  /** A directory is about to be freed: the processor must not use it any longer. */
  private leave(directory: number): void {
    if (this.machine.cpu.s[st.CR3] === directory) loadCr3(this.machine.cpu, this.bootDirectory);
  }

  newContext(): HostContext {
    return new HostContext();
  }

  dropContext(context: Context): void {
    if (this.fpuOwner === context) this.fpuOwner = undefined;
    if (this.last === context) this.last = undefined;
  }

  saveFpu(context: Context): void {
    const own = context as HostContext;
    if (this.fpuOwner === own) this.unloadFpu(own);
    toImage(own.fpuWords, own.fpu, this.sse);
  }

  loadFpu(context: Context): void {
    const own = context as HostContext;
    if (this.fpuOwner === own) this.fpuOwner = undefined;
    fromImage(own.fpu, own.fpuWords, this.sse);
  }

  private unloadFpu(owner: HostContext): void {
    owner.fpuWords.set(this.fpuWords);
  }

  run(space: reg.Space, context: Context, until: number): Stop | Kernel<Stop> {
    if (this.breath <= 0) return this.breathe(space, context, until);
    return this.go(space as HostSpace, context as HostContext, until);
  }

  private *breathe(space: reg.Space, context: Context, until: number): Kernel<Stop> {
    this.breath = BREATH;
    yield { kind: 'below', why: 'breathe', until: 0 } as OutsideWait;
    return this.go(space as HostSpace, context as HostContext, until);
  }

  /** To the application and back. */
  private go(space: HostSpace, context: HostContext, until: number): Stop {
    for (;;) {
      const stop = this.visit(space, context, until);
      if (context.limit === UNLIMITED || !this.turn(context, stop)) return stop;
    }
  }

  private visit(space: HostSpace, context: HostContext, until: number): Stop {
    const { cpu } = this.machine;
    const s = cpu.s;
    if (s[st.CR3] !== space.directory) loadCr3(cpu, space.directory);
    this.tables.choose(space, context);
    if (this.gate !== context.gate) this.changeGate(context);
    if (this.last !== context) this.switchTo(context);
    if (this.fpuOwner !== context) {
      s.set(context.fpuWords, FPU_FIRST);
      this.fpuOwner = context;
    }
    this.tables.load(context);
    this.load(context);
    const before = cpu.retired;
    const budget = this.budget(until);
    // One instruction more: the IRET.
    let stopped =
      (context.regs[reg.SS] & LOCAL) === 0 ? this.machine.execute(budget + 1) : this.enterLocal(context, budget);
    // No interrupt between MOV SS and the instruction after it.
    while (stopped === STOP_BUDGET && cpu.shadow) stopped = this.machine.execute(1);
    this.breath -= cpu.retired - before + ENTRY_BREATH;
    if (stopped === STOP_BUDGET) {
      deliver(cpu, TIMER_VECTOR, 'external', 0, s[st.EIP]);
      stopped = cpu.stop;
      cpu.stop = -1;
    }
    if (stopped === STOP_HALT) return this.refused();
    if (stopped !== STOP_RING0)
      throw new Error(`host: the machine stopped with ${stopped} at EIP ${(s[st.EIP] >>> 0).toString(16)}`);
    return this.store(context);
  }

  private changeGate({ gate }: HostContext): void {
    this.gate = gate;
    setGate(this.machine.memory, this.pages, gate);
    this.machine.ledger.count(EVENTS.segmentChange, IDT + SYSCALL_VECTOR * 8);
  }

  /** As `execute`, with a stack in the LDT: IRET leaves the upper half of ESP alone if that is a 16-bit one (espfix). */
  private enterLocal(context: HostContext, budget: number): number {
    const { cpu } = this.machine;
    const stopped = this.machine.execute(1);
    if (stopped !== STOP_BUDGET || cpu.s[st.CPL] !== 3) return stopped;
    cpu.s[st.ESP] = context.regs[reg.ESP];
    return this.machine.execute(budget);
  }

  /**
   * A segment that goes around the top of the address space and is cut by a limit is there in halves: the access may
   * want the other one. Whether the application is to go on with that.
   */
  private turn(context: HostContext, stop: Stop): boolean {
    const { retired } = this.machine.cpu;
    const denied = stop.why === 'exception' && (stop.vector === GP || stop.vector === SS_FAULT) && stop.error === 0;
    // The IRET retires; an instruction that faults again at once wants neither.
    if (!denied || !this.tables.split || retired <= context.turnedAt + 1) return false;
    context.half = context.half === 'up' ? 'down' : 'up';
    context.turnedAt = retired;
    return true;
  }

  private budget(until: number): number {
    const most = Math.max(this.breath, 1000);
    if (this.outside.realTime !== undefined) return Math.min(most, 100_000);
    return this.clock.budget(until, most);
  }

  /** Makes TLS descriptors, debug registers and FPU those of another thread. */
  private switchTo(context: HostContext): void {
    const s = this.machine.cpu.s;
    this.last = context;
    for (let n = 0; n < 8; n++) if (n < 4 || n === 7) s[st.DR + n] = context.debug[n];
    s[st.DR + 7] |= 0x400;
    if (this.fpuOwner === context) return;
    if (this.fpuOwner !== undefined) this.unloadFpu(this.fpuOwner);
    s.set(context.fpuWords, FPU_FIRST);
    this.fpuOwner = context;
  }

  /** General registers, and the frame that IRET will pop. */
  private load(context: HostContext): void {
    const s = this.machine.cpu.s;
    const { memory } = this.machine;
    const regs = context.regs;
    s[st.EAX] = regs[reg.EAX];
    s[st.ECX] = regs[reg.ECX];
    s[st.EDX] = regs[reg.EDX];
    s[st.EBX] = regs[reg.EBX];
    s[st.EBP] = regs[reg.EBP];
    s[st.ESI] = regs[reg.ESI];
    s[st.EDI] = regs[reg.EDI];
    const frame = this.pages.stack + 0x1000 - 20;
    memory.store32(frame, regs[reg.EIP]);
    memory.store32(frame + 4, regs[reg.CS]);
    memory.store32(frame + 8, (regs[reg.EFLAGS] & USER_FLAGS) | IF | 2);
    memory.store32(frame + 12, regs[reg.ESP]);
    memory.store32(frame + 16, regs[reg.SS]);
    s[st.ESP] = STACK_TOP - 20;
    s[st.EIP] = RETURN;
  }

  /** Takes the registers over, and says why the application stopped. */
  private store(context: HostContext): Stop {
    const { cpu, memory } = this.machine;
    const s = cpu.s;
    const regs = context.regs;
    const stop = this.stop;
    const vector = (s[st.EIP] - HANDLERS) >> 3;
    regs[reg.EAX] = s[st.EAX];
    regs[reg.ECX] = s[st.ECX];
    regs[reg.EDX] = s[st.EDX];
    regs[reg.EBX] = s[st.EBX];
    regs[reg.EBP] = s[st.EBP];
    regs[reg.ESI] = s[st.ESI];
    regs[reg.EDI] = s[st.EDI];
    const frame = this.pages.stack + 0x1000 - 20;
    regs[reg.EIP] = memory.load32(frame);
    regs[reg.CS] = memory.load32(frame + 4) & 0xffff;
    regs[reg.EFLAGS] = memory.load32(frame + 8);
    regs[reg.ESP] = memory.load32(frame + 12);
    regs[reg.SS] = memory.load32(frame + 16) & 0xffff;
    regs[reg.DS] = s[st.SELECTOR + st.DS];
    regs[reg.ES] = s[st.SELECTOR + st.ES];
    regs[reg.FS] = s[st.SELECTOR + st.FS];
    regs[reg.GS] = s[st.SELECTOR + st.GS];
    stop.vector = vector;
    stop.error = hasErrorCode(vector) ? memory.load32(frame - 4) : 0;
    stop.address = s[st.CR2];
    if (vector === SYSCALL_VECTOR || vector === INNER_VECTOR) {
      stop.why = 'syscall';
      cpu.ledger.count(EVENTS.callTrap, regs[reg.EAX]);
    } else if (vector === PF) stop.why = 'fault';
    else if (vector === TIMER_VECTOR) stop.why = 'quantum';
    else {
      stop.why = 'exception';
      if (vector === DB) {
        context.debug[6] = s[st.DR + 6];
        // The processor only adds: what the next one is for is told alone (Linux: debug_read_clear_dr6).
        s[st.DR + 6] = 0xffff0ff0;
      }
      if (vector === UD) this.undefined = { address: regs[reg.EIP], bytes: codeAt(cpu, regs[reg.EIP]) };
    }
    return stop;
  }

  /** IRET refused the registers (a selector that a debugger or sigreturn put there): the application gets the #GP. */
  private refused(): Stop {
    const { cpu } = this.machine;
    cpu.s[st.ESP] = STACK_TOP;
    const stop = this.stop;
    stop.why = 'exception';
    stop.vector = GP;
    stop.error = 0;
    stop.address = 0;
    return stop;
  }

  now(): number {
    return this.outside.realTime?.() ?? this.clock.now();
  }

  charge(cycles: number): void {
    this.machine.cpu.charged += cycles;
  }

  charged(): number {
    return this.clock.charged();
  }

  count(event: number, amount: number): void {
    this.machine.ledger.add(event, amount);
  }

  call(number: number): void {
    this.machine.ledger.call(number);
  }

  *idle(until: number): Kernel<boolean> {
    const live = this.outside.live();
    if (until === Number.POSITIVE_INFINITY && !live) return false;
    // Whether input may still come, and when, must not show in the breath, for its end interrupts programs.
    if (until !== Number.POSITIVE_INFINITY) this.breath -= IDLE_BREATH;
    const late = this.breath <= 0;
    if (late) this.breath = BREATH;
    if (live || this.outside.realTime !== undefined) yield { kind: 'below', why: 'idle', until } as OutsideWait;
    else {
      this.clock.skipTo(until);
      if (late) yield { kind: 'below', why: 'breathe', until: 0 } as OutsideWait;
    }
    return true;
  }

  /** The driver waited in vain until `until`. */
  passed(until: number): void {
    this.clock.skipTo(until);
  }

  *suspend(): Kernel<void> {
    yield { kind: 'below', why: 'suspend', until: 0 } as OutsideWait;
  }

  random(count: number): Uint8Array {
    return this.generator.bytes(count);
  }

  warn(line: string): void {
    this.outside.warn(line);
  }
}
