import * as f from '../abi/flags.ts';
import type { Kernel } from '../kernel/platform.ts';
import { WRITE } from '../kernel/platform.ts';
import { AT_GATE } from './below.ts';
import { Burst, RECORDS_MOST, type Record, record } from './burst.ts';
import { syscallNumber } from './call.ts';
import { descriptorRecords } from './descriptors.ts';
import { type Home, moveIn, newHome } from './inside.ts';
import { isError } from './memory-file.ts';
import type { Guest } from './platform.ts';
import type { Change, GuestSpace } from './space.ts';
import type { Protection, Switching, SwitchingChoice } from './tower.ts';

const PAGE = 4096;
const CALL = {
  mmap: syscallNumber('mmap2'),
  munmap: syscallNumber('munmap'),
  mprotect: syscallNumber('mprotect'),
} as const;
const READ_EXECUTE = f.PROT_READ | f.PROT_EXEC;

/** The call that makes a change of an address space in the process that runs. */
export function recordOf(guest: Guest, change: Change): Record {
  const address = (change.page * PAGE) | 0;
  const length = change.count * PAGE;
  if (change.kind === 'unmap') return record(CALL.munmap, address, length);
  if (change.kind === 'protect') return record(CALL.mprotect, address, length, READ_EXECUTE);
  const rights = READ_EXECUTE | (change.rights & WRITE ? f.PROT_WRITE : 0);
  const flags = f.MAP_SHARED | f.MAP_FIXED | f.MAP_POPULATE;
  return record(CALL.mmap, address, length, rights, flags, guest.found.memoryFile, change.frame);
}

/**
 * Makes calls of the kernel below in the process that runs: as lists, as many at a time as fit, where the kernel is
 * carried; one by one where a handler may be called, which needs the kernel's stack.
 */
export function* make(guest: Guest, burst: Burst, records: readonly Record[]): Kernel<void> {
  if (guest.found.carried) {
    for (let done = 0; done < records.length; done += RECORDS_MOST)
      yield burst.of(records.slice(done, done + RECORDS_MOST));
    return;
  }
  const { call } = guest.below;
  for (const [number, ...args] of records) {
    const result = yield* call.make(number, ...args);
    if (isError(result)) yield* guest.panic(`the kernel below refused a mapping (errno ${-result})`);
  }
}

/** Makes the LDT of the process that runs that of `space`; `another` space's was there before. */
export function* tellDescriptors(
  guest: Guest,
  burst: Burst,
  home: Home,
  space: GuestSpace,
  another: boolean,
): Kernel<void> {
  for (const records of descriptorRecords(guest, home.ldt, space, another)) yield* make(guest, burst, records);
}

/** Switching: one process, in which the pages of one application take the place of another's. */
export class Remap implements Switching {
  readonly top: number;
  readonly home: Home;
  readonly #guest: Guest;
  readonly #burst: Burst;
  entered: GuestSpace | undefined;

  constructor(guest: Guest, home: Home) {
    this.#guest = guest;
    this.home = home;
    this.top = guest.found.split;
    this.#burst = new Burst(guest.memory, () => home.gate);
  }

  enter(space: GuestSpace): boolean | Kernel<boolean> {
    return this.entered === space && !space.changed ? true : this.#change(space);
  }

  *#change(space: GuestSpace): Kernel<boolean> {
    const another = this.entered !== space;
    yield* tellDescriptors(this.#guest, this.#burst, this.home, space, another);
    if (another) {
      this.entered = space;
      space.take();
      const all = space.mapped().map((change) => recordOf(this.#guest, change));
      yield* make(this.#guest, this.#burst, [record(CALL.munmap, 0, this.top), ...all]);
    } else
      yield* make(
        this.#guest,
        this.#burst,
        space.take().map((change) => recordOf(this.#guest, change)),
      );
    return true;
  }

  *leave(space: GuestSpace): Kernel<void> {
    if (this.entered === space) this.entered = undefined;
  }
}

export const REMAP: SwitchingChoice = {
  name: 'remap',
  summary: 'one process, whose pages are unmapped and mapped anew for another application',
  *build(guest: Guest, protection: Protection): Kernel<Switching> {
    return new Remap(guest, newHome(yield* moveIn(guest, protection), AT_GATE, guest.alarm));
  },
};
