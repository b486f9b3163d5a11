/** A kernel that shares its process with applications: what it puts there, and how it lets them run. */
import * as f from '../abi/flags.ts';
import { SA_NODEFER, SA_ONSTACK, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP } from '../abi/signals.ts';
import { USER_DESC } from '../abi/structs.ts';
import { type Context, CS, DS, ES, FS, GS, type Kernel, SS, type Stop } from '../kernel/platform.ts';
import { describe } from '../kernel/tasks/tls.ts';
import type { Alarm } from './alarm.ts';
import { AT_ENTRY, AT_GATE, AT_STRUCT } from './below.ts';
import { type Record, record, writeList } from './burst.ts';
import { syscallNumber } from './call.ts';
import type { GuestContext } from './context.ts';
import { BURST, ENTRY, EXCEPTION_HANDLER, GATE, GATE_STACK } from './image.ts';
import { PAGE_CURRENT, PAGE_EIP, PAGE_ESP } from './kernel-page.ts';
import type { Guest } from './platform.ts';
import type { GuestSpace } from './space.ts';
import type { Delivery, Protection, Switching } from './tower.ts';

const PAGE = 4096;
export const GENERAL_PROTECTION = 13;
export const PAGE_FAULT = 14;
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
 * page where the kernel is carried, and gives up everything else above them; applications begin below `split` from now on. Returns the pid.
 */
export function* moveIn(guest: Guest, protection: Protection): Kernel<number> {
  const { below, found, memory } = guest;
  const { call } = below;
  const { carried, code, memoryFile } = found;
  writeList(memory, AT_ENTRY, protection.open);
  if (carried) yield* takeExceptions(guest);
  const pages = [
    [code + GATE, carried ? f.PROT_READ | f.PROT_WRITE : f.PROT_READ, AT_GATE],
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

/** Has exceptions delivered on the stack in the gate page. */
function* takeExceptions(guest: Guest): Kernel<void> {
  const { below, found, memory } = guest;
  for (const [n, word] of [found.code + GATE + GATE_STACK, 0, PAGE - GATE_STACK].entries())
    memory.store32(AT_STRUCT + n * 4, word);
  yield* below.call.make(CALL.sigaltstack, below.at(AT_STRUCT), 0);
  yield* setHandlers(guest, EXCEPTION_SIGNALS);
}

/** Has the kernel below deliver these signals to the handler in the code page. */
export function* setHandlers({ below, found, memory }: Guest, signals: Iterable<number>): Kernel<void> {
  for (const [n, word] of [found.code + EXCEPTION_HANDLER, SA_NODEFER | SA_ONSTACK, 0, 0, 0].entries())
    memory.store32(AT_STRUCT + n * 4, word);
  for (const signal of signals) yield* below.call.make(CALL.sigaction, signal, below.at(AT_STRUCT), 0, 8);
}

/** Delivery within one process: what all ways of it have in common. */
export abstract class Inside implements Delivery {
  protected readonly guest: Guest;
  protected readonly switching: Switching;

  constructor(guest: Guest, switching: Switching) {
    this.guest = guest;
    this.switching = switching;
  }

  abstract run(space: GuestSpace, context: GuestContext): Kernel<Stop>;

  /** The process that the kernel is in. */
  protected get home(): Home {
    const { home } = this.switching;
    if (!home) throw new Error('guest: this way of switching keeps the kernel apart');
    return home;
  }

  saveFpu(context: GuestContext): void {
    const { home } = this;
    if (home.resident === context && context.fpuHome === home) this.guest.processor.storeFpu(context.fpu);
  }

  loadFpu(context: GuestContext): void {
    context.fpuHome = undefined;
  }

  dropContext(context: GuestContext): void {
    context.fpuHome = undefined;
  }

  /** Gives the FPU of the process the application's registers, which stay there while the kernel runs. */
  protected takeFpu(context: GuestContext): void {
    const { home } = this;
    const { processor } = this.guest;
    if (home.resident === context && context.fpuHome === home) return;
    if (home.resident?.fpuHome === home) {
      processor.storeFpu(home.resident.fpu);
      home.resident.fpuHome = undefined;
    }
    processor.loadFpu(context.fpu);
    home.resident = context;
    context.fpuHome = home;
  }

  /** Whether the process has the thread's TLS descriptors. */
  protected hasDescriptors({ tls }: Context): boolean {
    const { home } = this;
    for (let n = 0; n < tls.length; n++) if (home.tls[n] !== tls[n]) return false;
    return true;
  }

  /** The calls that give the process the thread's TLS descriptors. */
  protected descriptors({ tls }: Context): Record[] {
    const { home } = this;
    const { below, memory } = this.guest;
    const records: Record[] = [];
    for (let n = 0; n < 3; n++) {
      const [low, high] = [tls[n * 2], tls[n * 2 + 1]];
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

  protected tell(why: Stop['why'], vector: number, error: number, address: number): Stop {
    return this.guest.tell(why, vector, error, address);
  }
}

/**
 * Whether an application can go on with these selectors, which the kernel below would refuse to take: a data selector
 * that the processor cannot load is null, as where it does; code and stack are its end.
 */
export function loadable(regs: Int32Array): boolean {
  for (const n of [DS, ES, FS, GS]) if ((regs[n] & RING) !== RING) regs[n] = 0;
  return (regs[CS] & RING) === RING && (regs[SS] & RING) === RING;
}
