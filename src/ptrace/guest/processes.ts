import * as f from '../../abi/flags.ts';
import {
  SA_NODEFER,
  SA_ONSTACK,
  SIGBUS,
  SIGCHLD,
  SIGFPE,
  SIGILL,
  SIGKILL,
  SIGSEGV,
  SIGTRAP,
} from '../../abi/signals.ts';
import { USER_DESC } from '../../abi/structs.ts';
import { syscallNumber } from '../../guest/call.ts';
import { TRAP } from '../../guest/image.ts';
import type { Guest } from '../../guest/platform.ts';
import type { Change, GuestSpace } from '../../guest/space.ts';
import type { Switching } from '../../guest/tower.ts';
import { EAX, EBP, EBX, ECX, EDI, EDX, EIP, ESI, ESP, type Kernel, REGISTERS, WRITE } from '../../kernel/platform.ts';
import { describe } from '../../kernel/tasks/tls.ts';
import { BATCH, BATCH_MOST, BATCH_WORDS, EXCEPTION, FIRST_STRUCTS, RESULT, STRUCTS, stubPage } from './stub.ts';
import {
  CALL,
  gettingRegisters,
  LOST,
  nextStop,
  request,
  resultOf,
  runStub,
  type Tracee,
  takeRegisters,
} from './tracee.ts';

const PAGE = 4096;
const NUMBER = {
  clone: syscallNumber('clone'),
  mmap: syscallNumber('mmap2'),
  modifyLdt: syscallNumber('modify_ldt'),
  munmap: syscallNumber('munmap'),
  mprotect: syscallNumber('mprotect'),
  sigaction: syscallNumber('rt_sigaction'),
  sigaltstack: syscallNumber('sigaltstack'),
} as const;
/** Exceptions come as these signals, and all go to the stub's handler. */
export const EXCEPTION_SIGNALS: ReadonlySet<number> = new Set([SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP]);
const READ_EXECUTE = f.PROT_READ | f.PROT_EXEC;

/** modify_ldt: writes a descriptor, with all its bits. */
const WRITE_LDT = 0x11;

/** One call of a batch: EAX, EBX, ECX, EDX, ESI, EDI, EBP; a struct that ECX is to point to follows. */
type Record = readonly [number, number, number, number, number, number, number, ...struct: number[]];

/**
 * Switching: every application address space is a process of the kernel below, of which nothing runs but the
 * application and a stub in its two uppermost pages (UML's skas0).
 */
export class Processes implements Switching {
  readonly top: number;
  readonly #guest: Guest;
  /** Physical frame of the stub's code. */
  readonly #code: number;

  constructor(guest: Guest) {
    this.#guest = guest;
    this.top = guest.found.top - 2 * PAGE;
    this.#code = guest.ownFrame();
    if (this.#code < 0) throw new Error('guest: no frame for the stub');
    guest.memory.write(this.#code * PAGE, stubPage(), 0, PAGE);
  }

  /** Linear addresses of the stub in an application. */
  get stubCode(): number {
    return this.top;
  }
  get stubData(): number {
    return this.top + PAGE;
  }

  enter(space: GuestSpace): boolean | Kernel<boolean> {
    return space.below && !space.changed ? true : this.#change(space);
  }

  *#change(space: GuestSpace): Kernel<boolean> {
    const records: Record[] = [];
    if (!space.below) {
      const tracee = yield* this.#create();
      if (!tracee) return false;
      space.below = tracee;
      records.push(...this.#preparation(tracee.data));
    }
    for (const change of space.take()) records.push(this.#record(change));
    records.push(...space.takeDescriptors().map(descriptorCall));
    if (records.length === 0) return true;
    const result = yield* this.#batch(space.below as Tracee, records);
    if (result === undefined) yield* this.lost(space);
    else if (result !== 0) yield* this.#giveUp(space, `a mapping (errno ${-result})`);
    return space.below !== undefined;
  }

  /** The kernel below refuses what an address space needs: that is the end of its application, not of this kernel. */
  *#giveUp(space: GuestSpace, what: string): Kernel<void> {
    this.#guest.warn(`the kernel below refuses ${what}: an application is ended`);
    yield* this.leave(space);
    space.forget();
  }

  *leave(space: GuestSpace): Kernel<void> {
    const tracee = space.below as Tracee | undefined;
    if (!tracee) return;
    space.below = undefined;
    const { call } = this.#guest.below;
    yield* call.make(CALL.kill, tracee.pid, SIGKILL);
    while ((yield* nextStop(this.#guest, tracee.pid)) !== LOST);
    this.#guest.giveFrame(tracee.data);
  }

  /** The process of a space has ended by itself or was killed: the application goes on in a new one. */
  *lost(space: GuestSpace): Kernel<void> {
    const tracee = space.below as Tracee;
    space.forget();
    this.#guest.giveFrame(tracee.data);
    yield* this.#change(space);
  }

  /** Undefined when there is no room for it, here or below. */
  *#create(): Kernel<Tracee | undefined> {
    const guest = this.#guest;
    const { call } = guest.below;
    const data = guest.ownFrame();
    if (data < 0) return undefined;
    guest.memory.fill(data * PAGE, 0, PAGE);
    call.clones = 'leaves';
    const pid = yield* call.make(NUMBER.clone, SIGCHLD | f.CLONE_FILES, 0, 0, guest.found.pid);
    call.clones = undefined;
    if (pid < 0) {
      guest.giveFrame(data);
      guest.warn(`the kernel below refuses a process (errno ${-pid}): an application is ended`);
      return undefined;
    }
    yield* nextStop(guest, pid);
    yield* request(guest, f.PTRACE_SETOPTIONS, pid, 0, f.PTRACE_O_TRACESYSGOOD | f.PTRACE_O_EXITKILL);
    const fresh = new Int32Array(REGISTERS);
    yield gettingRegisters(guest, pid);
    takeRegisters(guest, fresh);
    const tracee: Tracee = { pid, data, fresh, tls: new Int32Array(6), debug: new Int32Array(8) };
    yield* this.#single(tracee, this.#mapping(this.stubCode, PAGE, READ_EXECUTE, this.#code));
    yield* this.#single(tracee, this.#mapping(this.stubData, PAGE, f.PROT_READ | f.PROT_WRITE, data));
    return tracee;
  }

  /** What a new process does to become an empty address space: a signal stack, handlers, nothing but the stub. */
  #preparation(data: number): Record[] {
    const { memory } = this.#guest;
    const at = data * PAGE + FIRST_STRUCTS;
    const stack = [this.stubData, 0, PAGE];
    const action = [this.stubCode + EXCEPTION, SA_NODEFER | SA_ONSTACK, 0, 0, 0];
    for (const [n, word] of [...stack, ...action].entries()) memory.store32(at + n * 4, word);
    const structs = this.stubData + FIRST_STRUCTS;
    return [
      [NUMBER.sigaltstack, structs, 0, 0, 0, 0, 0],
      ...[...EXCEPTION_SIGNALS].map((signal): Record => [NUMBER.sigaction, signal, structs + 12, 0, 8, 0, 0]),
      [NUMBER.munmap, 0, this.stubCode, 0, 0, 0, 0],
    ];
  }

  #mapping(address: number, length: number, protection: number, frame: number): Record {
    return [
      NUMBER.mmap,
      address,
      length,
      protection,
      f.MAP_SHARED | f.MAP_FIXED | f.MAP_POPULATE,
      this.#guest.found.memoryFile,
      frame,
    ];
  }

  #record(change: Change): Record {
    const address = change.page * PAGE;
    const length = change.count * PAGE;
    if (change.kind === 'unmap') return [NUMBER.munmap, address, length, 0, 0, 0, 0];
    if (change.kind === 'protect') return [NUMBER.mprotect, address, length, READ_EXECUTE, 0, 0, 0];
    return this.#mapping(address, length, READ_EXECUTE | (change.rights & WRITE ? f.PROT_WRITE : 0), change.frame);
  }

  /** One call before the stub is there: the trap of the guest kernel's own image is stepped over. */
  *#single(tracee: Tracee, [eax, ebx, ecx, edx, esi, edi, ebp]: Record): Kernel<void> {
    const registers = tracee.fresh.slice();
    const set = { [EAX]: eax, [EBX]: ebx, [ECX]: ecx, [EDX]: edx, [ESI]: esi, [EDI]: edi, [EBP]: ebp };
    for (const [n, value] of Object.entries(set)) registers[Number(n)] = value;
    registers[EIP] = this.#guest.found.code + TRAP;
    const guest = this.#guest;
    const alive = yield* runStub(guest, tracee.pid, registers, f.PTRACE_SINGLESTEP);
    const result = alive ? yield* resultOf(guest, tracee.pid) : 0;
    if (!alive || (result < 0 && result > -PAGE)) yield* guest.panic(`the stub could not be mapped (${result})`);
  }

  /** Has the stub make calls, as many at a time as fit: 0 or -errno of the first that failed; undefined: the process is lost. */
  *#batch(tracee: Tracee, records: readonly Record[]): Kernel<number | undefined> {
    const { memory } = this.#guest;
    for (let done = 0; done < records.length; done += BATCH_MOST) {
      let at = tracee.data * PAGE;
      let struct = STRUCTS;
      for (const record of records.slice(done, done + BATCH_MOST)) {
        for (let n = 0; n < BATCH_WORDS; n++, at += 4) memory.store32(at, record[n]);
        if (record.length === BATCH_WORDS) continue;
        memory.store32(at + (2 - BATCH_WORDS) * 4, this.stubData + struct);
        for (const word of record.slice(BATCH_WORDS)) {
          memory.store32(tracee.data * PAGE + struct, word);
          struct += 4;
        }
      }
      memory.store32(at, 0);
      const registers = tracee.fresh.slice();
      registers[EIP] = this.stubCode + BATCH;
      registers[ESP] = this.stubData;
      if (!(yield* runStub(this.#guest, tracee.pid, registers, f.PTRACE_CONT))) return undefined;
      const result = memory.load32(tracee.data * PAGE + RESULT);
      if (result !== 0) return result;
    }
    return 0;
  }
}

function descriptorCall([entry, low, high]: readonly [number, number, number]): Record {
  const { base, limit, flags } = describe(low, high);
  return [NUMBER.modifyLdt, WRITE_LDT, 0, USER_DESC.size, 0, 0, 0, entry, base, limit, flags];
}
