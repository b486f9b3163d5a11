import * as f from '../../abi/flags.ts';
import { SIGCHLD, SIGUSR2 } from '../../abi/signals.ts';
import { Alarm } from '../../guest/alarm.ts';
import { AT_GATE, AT_STRUCT } from '../../guest/below.ts';
import { Burst, type Record, record, writeList } from '../../guest/burst.ts';
import { syscallNumber } from '../../guest/call.ts';
import { GATE, GATE_CHILD_LIST } from '../../guest/image.ts';
import { type Home, moveIn, newHome } from '../../guest/inside.ts';
import { PAGE_BYTE, PAGE_CURRENT } from '../../guest/kernel-page.ts';
import type { Guest } from '../../guest/platform.ts';
import { make, recordOf, tellDescriptors } from '../../guest/remap.ts';
import type { GuestSpace } from '../../guest/space.ts';
import type { Protection, Switching, SwitchingChoice } from '../../guest/tower.ts';
import type { Kernel } from '../../kernel/platform.ts';

const CALL = {
  clone: syscallNumber('clone'),
  close: syscallNumber('close'),
  exitGroup: syscallNumber('exit_group'),
  kill: syscallNumber('kill'),
  madvise: syscallNumber('madvise'),
  mmap: syscallNumber('mmap2'),
  munmap: syscallNumber('munmap'),
  pipe2: syscallNumber('pipe2'),
  read: syscallNumber('read'),
  write: syscallNumber('write'),
} as const;

const PAGE = 4096;

/** The home of one address space. The kernel waits for its turn there by reading a pipe. */
interface SpaceHome extends Home, Pipe {}

/** Descriptors of a pipe. */
interface Pipe {
  readonly reads: number;
  readonly writes: number;
}

/**
 * Switching: every application address space is a process with the guest kernel in its upper part. The kernel goes from
 * one to another by a byte in a pipe: it is the same kernel, with the same memory, in all of them.
 */
class Homes implements Switching {
  readonly top: number;
  readonly #guest: Guest;
  readonly #burst: Burst;
  /** The home that the kernel is in; `undefined` only while it is built. */
  #current: SpaceHome;
  /** The current home's space is gone: it ends when the kernel leaves it. */
  #deserted = false;

  constructor(guest: Guest, first: SpaceHome) {
    this.#guest = guest;
    this.top = guest.found.split;
    this.#burst = new Burst(guest.memory, () => this.#current.gate);
    this.#current = first;
  }

  get home(): Home {
    return this.#current;
  }

  enter(space: GuestSpace): boolean | Kernel<boolean> {
    return space.below === this.#current && !space.changed ? true : this.#change(space);
  }

  *#change(space: GuestSpace): Kernel<boolean> {
    const isNew = space.below === undefined;
    space.below ??= yield* this.#create();
    const home = space.below as SpaceHome | undefined;
    if (!home) return false;
    if (home !== this.#current) yield* this.#goTo(home);
    if (!isNew && !space.changed) return true;
    yield* tellDescriptors(this.#guest, this.#burst, home, space, isNew);
    yield* make(
      this.#guest,
      this.#burst,
      space.take().map((change) => recordOf(this.#guest, change)),
    );
    return true;
  }

  *leave(space: GuestSpace): Kernel<void> {
    const home = space.below as SpaceHome | undefined;
    if (!home) return;
    space.below = undefined;
    if (home === this.#current) this.#deserted = true;
    else {
      yield* this.#guest.below.call.make(CALL.kill, home.pid, SIGUSR2);
      yield* this.#close(home);
    }
  }

  /**
   * Makes a process as a copy of the current one, with nothing of an application in it, that waits for its turn;
   * undefined where there is no room for one.
   */
  *#create(): Kernel<SpaceHome | undefined> {
    const guest = this.#guest;
    const { below, memory, found } = guest;
    const ends = yield* pipe(guest);
    if (!ends) return undefined;
    const frame = guest.ownFrame();
    if (frame < 0) {
      yield* this.#closePipe(ends);
      return undefined;
    }
    const list = [
      // The gate page is exchanged while the list is read in it, so it is in both.
      gateRecord(guest, frame),
      record(CALL.madvise, memory.base, memory.size, f.MADV_POPULATE_WRITE),
      record(CALL.munmap, 0, this.top),
      record(CALL.read, ends.reads, below.at(PAGE_BYTE), 1),
    ];
    memory.fill(frame * PAGE, 0, PAGE);
    for (const gate of [this.#current.gate, frame * PAGE]) writeList(memory, gate + GATE_CHILD_LIST, list);
    const { call } = below;
    const flags = f.CLONE_FILES | f.CLONE_FS | f.CLONE_PARENT | SIGCHLD;
    call.clones = 'lists';
    const pid = yield* call.make(CALL.clone, flags, 0, 0, 0, found.code + GATE + GATE_CHILD_LIST);
    call.clones = undefined;
    if (pid < 0) {
      guest.giveFrame(frame);
      yield* this.#closePipe(ends);
      return undefined;
    }
    const home: SpaceHome = { ...newHome(pid, frame * PAGE, new Alarm(below, 0)), ...ends };
    home.tls.set(this.#current.tls);
    for (const entry of this.#current.ldt) home.ldt.add(entry);
    return home;
  }

  /** The kernel goes on in another home. */
  *#goTo(home: SpaceHome): Kernel<void> {
    const { below, memory, processor } = this.#guest;
    const left = this.#current;
    const deserted = this.#deserted;
    if (left.resident?.fpuHome === left) processor.storeFpu(left.resident.fpu);
    const byte = below.at(PAGE_BYTE);
    // The list is in the page of the home that is left, which reads its end when it has its turn again.
    const calls = this.#burst.of([
      record(CALL.write, home.writes, byte, 1),
      deserted ? record(CALL.exitGroup) : record(CALL.read, left.reads, byte, 1),
    ]);
    this.#current = home;
    this.#deserted = false;
    home.alarm.forget();
    memory.store32(PAGE_CURRENT, home.pid);
    yield calls;
    if (deserted) yield* this.#close(left);
  }

  *#close(home: SpaceHome): Kernel<void> {
    this.#guest.giveFrame(home.gate >>> 12);
    yield* this.#closePipe(home);
  }

  *#closePipe({ reads, writes }: Pipe): Kernel<void> {
    const { call } = this.#guest.below;
    yield* call.make(CALL.close, reads);
    yield* call.make(CALL.close, writes);
  }
}

/** The call that makes a frame the gate page of the process that makes it. */
function gateRecord({ found }: Guest, frame: number): Record {
  const rights = f.PROT_READ | f.PROT_WRITE;
  const flags = f.MAP_SHARED | f.MAP_FIXED | f.MAP_POPULATE;
  return record(CALL.mmap, found.code + GATE, PAGE, rights, flags, found.memoryFile, frame);
}

function* pipe(guest: Guest): Kernel<Pipe | undefined> {
  const { below, memory } = guest;
  const result = yield* below.call.make(CALL.pipe2, below.at(AT_STRUCT), f.O_CLOEXEC);
  if (result < 0) return undefined;
  return { reads: memory.load32(AT_STRUCT), writes: memory.load32(AT_STRUCT + 4) };
}

export const HOMES: SwitchingChoice = {
  name: 'homes',
  summary: 'a process below per address space, each with the guest kernel in it',
  *build(guest: Guest, protection: Protection): Kernel<Switching> {
    const pid = yield* moveIn(guest, protection);
    const ends = yield* pipe(guest);
    if (!ends) return yield* guest.panic('the kernel below has no pipe for it');
    return new Homes(guest, { ...newHome(pid, AT_GATE, new Alarm(guest.below, 0)), ...ends });
  },
};
