/** A kernel that shares its process with applications: what it puts there, and how it lets them run. */
import * as f from '../abi/flags.ts';
import { SA_NODEFER, SA_ONSTACK, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP } from '../abi/signals.ts';
import { FPSTATE, SIGCONTEXT, SIGFRAME, USER_DESC } from '../abi/structs.ts';
import {
  type Context,
  CS,
  DS,
  EAX,
  ES,
  FS,
  GS,
  type Kernel,
  ORIG_EAX,
  REGISTERS,
  SS,
  type Stop,
} from '../kernel/platform.ts';
import { fromFpstate } from '../kernel/signals/fpstate.ts';
import { SIGCONTEXT_REGISTERS } from '../kernel/signals/frame.ts';
import { describe } from '../kernel/tasks/tls.ts';
import type { Alarm } from './alarm.ts';
import { AT_ENTRY, AT_GATE, AT_STRUCT } from './below.ts';
import { Burst, type Record, record, writeList } from './burst.ts';
import { syscallNumber } from './call.ts';
import type { GuestContext } from './context.ts';
import { BURST, ENTRY, EXCEPTION_HANDLER, GATE, GATE_FRAME, GATE_STACK } from './image.ts';
import {
  PAGE_COMMAND,
  PAGE_CURRENT,
  PAGE_DEBUG,
  PAGE_DEBUG_CHANGED,
  PAGE_EIP,
  PAGE_ESP,
  PAGE_LEFT,
  PAGE_REASON,
  PAGE_REGISTERS,
  PAGE_SIGNALS,
  REASON,
  RUN,
} from './kernel-page.ts';
import type { Guest } from './platform.ts';
import type { GuestSpace } from './space.ts';
import type { Delivery, Protection } from './tower.ts';

const PAGE = 4096;
const DEBUG = 1;
const GENERAL_PROTECTION = 13;
const PAGE_FAULT = 14;
/** The ring of a selector: an application's. */
const RING = 3;
/** Exceptions of applications come as these signals. */
export const EXCEPTION_SIGNALS: ReadonlySet<number> = new Set([SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP]);
const CALL = {
  getpid: syscallNumber('getpid'),
  mmap: syscallNumber('mmap2'),
  munmap: syscallNumber('munmap'),
  setThreadArea: syscallNumber('set_thread_area'),
  sigaction: syscallNumber('rt_sigaction'),
  sigaltstack: syscallNumber('sigaltstack'),
} as const;

/** A process of the kernel below in which the guest kernel and an application take turns. */
export interface Home {
  readonly pid: number;
  /** Physical address of its gate page. */
  readonly gate: number;
  /** TLS descriptors and debug registers that it has now. */
  readonly tls: Int32Array;
  readonly debug: Int32Array;
  /** Entries of its LDT that are set. */
  readonly ldt: Set<number>;
  readonly alarm: Alarm;
  /** Whose registers its FPU holds: a context that says the same of it. */
  resident: GuestContext | undefined;
}

/** A home with nothing set. */
export function newHome(pid: number, gate: number, alarm: Alarm): Home {
  return { pid, gate, alarm, tls: new Int32Array(6), debug: new Int32Array(8), ldt: new Set(), resident: undefined };
}

/**
 * Puts the gate page and the entry page beside the kernel's code, has exceptions delivered on the stack in the gate
 * page, and gives up everything else above them; applications begin below `split` from now on. Returns the pid.
 */
export function* moveIn(guest: Guest, protection: Protection): Kernel<number> {
  const { below, found, memory } = guest;
  const { call } = below;
  const { code, memoryFile } = found;
  writeList(memory, AT_ENTRY, protection.open);
  for (const [n, word] of [code + GATE + GATE_STACK, 0, PAGE - GATE_STACK].entries())
    memory.store32(AT_STRUCT + n * 4, word);
  yield* call.make(CALL.sigaltstack, below.at(AT_STRUCT), 0);
  yield* setHandlers(guest, EXCEPTION_SIGNALS);
  const pages = [
    [code + GATE, f.PROT_READ | f.PROT_WRITE, AT_GATE],
    [code + ENTRY, f.PROT_READ, AT_ENTRY],
  ] as const;
  for (const [address, rights, at] of pages) {
    const flags = f.MAP_SHARED | f.MAP_FIXED | f.MAP_POPULATE;
    const mapped = yield* call.make(CALL.mmap, address, PAGE, rights, flags, memoryFile, at >>> 12);
    if (mapped !== (address | 0)) yield* guest.panic(`the gate could not be mapped (errno ${-mapped})`);
  }
  const above = code + ENTRY + PAGE;
  yield* call.make(CALL.munmap, above, found.top - (above >>> 0));
  const pid = yield* call.make(CALL.getpid);
  memory.store32(PAGE_CURRENT, pid);
  memory.store32(PAGE_EIP, code + BURST);
  memory.store32(PAGE_ESP, code + ENTRY);
  return pid;
}

/** Has the kernel below deliver these signals to the handler in the code page. */
function* setHandlers({ below, found, memory }: Guest, signals: Iterable<number>): Kernel<void> {
  for (const [n, word] of [found.code + EXCEPTION_HANDLER, SA_NODEFER | SA_ONSTACK, 0, 0, 0].entries())
    memory.store32(AT_STRUCT + n * 4, word);
  for (const signal of signals) yield* below.call.make(CALL.sigaction, signal, below.at(AT_STRUCT), 0, 8);
}

/**
 * Delivery within one process: a list of calls hides the kernel and lets the application go; its next trap comes back
 * by the list in the entry page. Somebody outside, to whom the last call is addressed, exchanges the registers.
 */
export class Inside implements Delivery {
  readonly #guest: Guest;
  readonly #protection: Protection;
  readonly #home: () => Home;
  readonly #leave: (home: Home) => readonly Record[];
  readonly #burst: Burst;
  readonly #stop: Stop = { why: 'quantum', vector: 0, error: 0, address: 0 };

  /** `leave`: the calls by which a process tells that the application is to run. */
  constructor(guest: Guest, protection: Protection, home: () => Home, leave: (home: Home) => readonly Record[]) {
    this.#guest = guest;
    this.#protection = protection;
    this.#home = home;
    this.#leave = leave;
    this.#burst = new Burst(guest.memory, () => home().gate);
  }

  *run(_space: GuestSpace, context: GuestContext): Kernel<Stop> {
    const { memory } = this.#guest;
    if (memory.load32(PAGE_SIGNALS) !== 0) {
      yield* this.#guest.notice();
      return this.#tell('quantum', 0, 0, 0);
    }
    if (!loadable(context.regs)) return this.#tell('exception', GENERAL_PROTECTION, 0, 0);
    const home = this.#home();
    const { hide } = this.#protection;
    const calls = [...this.#descriptors(home, context), ...hide, ...this.#leave(home)];
    this.#load(home, context);
    memory.store32(PAGE_LEFT, calls.length);
    memory.store32(PAGE_COMMAND, RUN);
    yield this.#burst.of(calls);
    const reason = memory.load32(PAGE_REASON);
    if (reason === REASON.exception) return this.#exception(context);
    const { regs } = context;
    for (let n = 0; n < REGISTERS; n++) regs[n] = memory.load32(PAGE_REGISTERS + n * 4);
    if (reason === REASON.frameless) {
      // A frame that finds no room takes the handler of SIGSEGV away.
      yield* setHandlers(this.#guest, [SIGSEGV]);
      return this.#tell('exception', GENERAL_PROTECTION, 0, 0);
    }
    if (reason === REASON.syscall) {
      regs[EAX] = regs[ORIG_EAX];
      return this.#tell('syscall', 0x80, 0, 0);
    }
    yield* this.#guest.notice();
    return this.#tell('quantum', 0, 0, 0);
  }

  saveFpu(context: GuestContext): void {
    const home = this.#home();
    if (home.resident === context && context.fpuHome === home) this.#guest.processor.storeFpu(context.fpu);
  }

  loadFpu(context: GuestContext): void {
    context.fpuHome = undefined;
  }

  dropContext(context: GuestContext): void {
    context.fpuHome = undefined;
  }

  /** Leaves the registers of the application where whoever lets it run finds them. */
  #load(home: Home, context: GuestContext): void {
    const { memory, processor } = this.#guest;
    const { regs, debug } = context;
    for (let n = 0; n < REGISTERS; n++) memory.store32(PAGE_REGISTERS + n * 4, n === ORIG_EAX ? -1 : regs[n]);
    let changed = 0;
    for (let n = 0; n < 8; n++) {
      memory.store32(PAGE_DEBUG + n * 4, debug[n]);
      if ((n < 4 || n === 7) && home.debug[n] !== debug[n]) changed = 1;
      home.debug[n] = debug[n];
    }
    memory.store32(PAGE_DEBUG_CHANGED, changed);
    if (home.resident === context && context.fpuHome === home) return;
    if (home.resident?.fpuHome === home) {
      processor.storeFpu(home.resident.fpu);
      home.resident.fpuHome = undefined;
    }
    processor.loadFpu(context.fpu);
    home.resident = context;
    context.fpuHome = home;
  }

  /** The calls that give the process the thread's TLS descriptors. */
  #descriptors(home: Home, context: Context): Record[] {
    const { below, memory } = this.#guest;
    const records: Record[] = [];
    for (let n = 0; n < 3; n++) {
      const [low, high] = [context.tls[n * 2], context.tls[n * 2 + 1]];
      if (home.tls[n * 2] === low && home.tls[n * 2 + 1] === high) continue;
      home.tls[n * 2] = low;
      home.tls[n * 2 + 1] = high;
      const { base, limit, flags } = describe(low, high);
      const struct = AT_STRUCT + n * USER_DESC.size;
      memory.store32(struct + USER_DESC.at.entry_number, 6 + n);
      memory.store32(struct + USER_DESC.at.base_addr, base);
      memory.store32(struct + USER_DESC.at.limit, limit);
      memory.store32(struct + USER_DESC.at.flags, flags);
      records.push(record(CALL.setThreadArea, below.at(struct)));
    }
    return records;
  }

  /** An exception left its frame on the stack in the gate page. */
  #exception(context: GuestContext): Stop {
    const { memory } = this.#guest;
    const { gate } = this.#home();
    const frame = gate + (memory.load32(gate + GATE_FRAME) & (PAGE - 1));
    const at = frame + SIGFRAME.at.sc;
    const { regs } = context;
    for (const [offset, register, size] of SIGCONTEXT_REGISTERS)
      regs[register] = size === 2 ? memory.load16(at + offset) : memory.load32(at + offset);
    regs[ORIG_EAX] = -1;
    const fpstate = memory.load32(at + SIGCONTEXT.at.fpstate);
    if (fpstate !== 0) {
      const bytes = new Uint8Array(FPSTATE.size);
      memory.read(gate + (fpstate & (PAGE - 1)), bytes, 0, bytes.length);
      fromFpstate(bytes, context.fpu);
    }
    context.fpuHome = undefined;
    const vector = memory.load32(at + SIGCONTEXT.at.trapno);
    const error = memory.load32(at + SIGCONTEXT.at.err);
    if (vector === DEBUG) context.debug[6] = memory.load32(PAGE_DEBUG + 6 * 4);
    if (vector === PAGE_FAULT) return this.#tell('fault', vector, error, memory.load32(at + SIGCONTEXT.at.cr2));
    return this.#tell('exception', vector, error, 0);
  }

  #tell(why: Stop['why'], vector: number, error: number, address: number): Stop {
    const stop = this.#stop;
    stop.why = why;
    stop.vector = vector;
    stop.error = error;
    stop.address = address;
    return stop;
  }
}

/**
 * Whether an application can go on with these selectors, which the kernel below would refuse to take: a data selector
 * that the processor cannot load is null, as where it does; code and stack are its end.
 */
function loadable(regs: Int32Array): boolean {
  for (const n of [DS, ES, FS, GS]) if ((regs[n] & RING) !== RING) regs[n] = 0;
  return (regs[CS] & RING) === RING && (regs[SS] & RING) === RING;
}
