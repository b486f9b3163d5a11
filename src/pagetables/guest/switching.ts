import { MADV_POPULATE_WRITE } from '../../abi/flags.ts';
import {
  PAGETABLES,
  PAGETABLES_CALL,
  PAGETABLES_CREATE,
  PAGETABLES_DROP,
  PAGETABLES_SWITCH,
} from '../../abi/pagetables.ts';
import { AT_GATE, AT_STRUCT } from '../../guest/below.ts';
import { type Record, record } from '../../guest/burst.ts';
import { syscallNumber } from '../../guest/call.ts';
import { descriptorRecords } from '../../guest/descriptors.ts';
import { type Home, moveIn, newHome } from '../../guest/inside.ts';
import { PAGE_TABLE } from '../../guest/kernel-page.ts';
import { isError } from '../../guest/memory-file.ts';
import type { Guest } from '../../guest/platform.ts';
import { recordOf } from '../../guest/remap.ts';
import type { GuestSpace } from '../../guest/space.ts';
import type { Switching, SwitchingChoice } from '../../guest/tower.ts';
import type { Kernel } from '../../kernel/platform.ts';

const MADVISE = syscallNumber('madvise');
/** Where the argument of CALL is. */
const AT_CALL = AT_STRUCT + 0x100;

/** A page table of the process, for one address space. */
interface Table {
  readonly number: number;
  /** Entries of its LDT that are set. */
  readonly ldt: Set<number>;
}

/**
 * Switching: each application address space is a page table of the one process. Where the guest kernel is in all of
 * them, one call changes from one to another; where it has one to itself, the script does when it lets the application run.
 */
class Tables implements Switching {
  readonly top: number;
  readonly home: Home;
  readonly #guest: Guest;
  readonly #views: boolean;
  entered: GuestSpace | undefined;
  /** A table that nobody has yet. */
  #spare: Table | undefined;

  constructor(guest: Guest, home: Home, views: boolean) {
    this.#guest = guest;
    this.home = home;
    this.#views = views;
    this.top = guest.found.split;
  }

  /** Makes the process one with several tables, as which a script must find it. */
  *begin(): Kernel<void> {
    this.#spare = yield* this.#create();
  }

  enter(space: GuestSpace): boolean | Kernel<boolean> {
    return this.entered === space && !space.changed ? true : this.#change(space);
  }

  *#change(space: GuestSpace): Kernel<boolean> {
    const { memory } = this.#guest;
    const isNew = space.below === undefined;
    space.below ??= this.#spare ?? (yield* this.#create());
    this.#spare = undefined;
    const table = space.below as Table;
    for (const change of space.take()) yield* this.#make(table, recordOf(this.#guest, change));
    for (const records of descriptorRecords(this.#guest, table.ldt, space, isNew))
      for (const record of records) yield* this.#make(table, record);
    if (this.entered === space) return true;
    this.entered = space;
    if (this.#views) memory.store32(PAGE_TABLE, table.number);
    else yield* this.#call(PAGETABLES_SWITCH, table.number);
    return true;
  }

  *leave(space: GuestSpace): Kernel<void> {
    const table = space.below as Table | undefined;
    if (!table) return;
    space.below = undefined;
    if (this.entered === space) {
      this.entered = undefined;
      if (!this.#views) yield* this.#call(PAGETABLES_SWITCH, 0);
    }
    yield* this.#call(PAGETABLES_DROP, table.number);
  }

  *#create(): Kernel<Table> {
    const { found, memory } = this.#guest;
    if (this.#views) return { number: yield* this.#call(PAGETABLES_CREATE, 0, 0), ldt: new Set() };
    const table = { number: yield* this.#call(PAGETABLES_CREATE, found.split, found.top), ldt: new Set<number>() };
    // The guest kernel's code cannot be interrupted by a page fault: its memory is to be there.
    yield* this.#make(table, record(MADVISE, memory.base, memory.size, MADV_POPULATE_WRITE));
    return table;
  }

  /** Makes a call about memory in a table. */
  *#make(table: Table, words: Record): Kernel<void> {
    const { below, memory } = this.#guest;
    for (const [n, word] of words.entries()) memory.store32(AT_CALL + n * 4, word);
    yield* this.#call(PAGETABLES_CALL, table.number, below.at(AT_CALL));
  }

  *#call(operation: number, a: number, b = 0): Kernel<number> {
    const { below } = this.#guest;
    const result = yield* below.call.make(PAGETABLES, operation, a, b);
    if (isError(result)) yield* this.#guest.panic(`the kernel below refused a page table (errno ${-result})`);
    return result;
  }
}

export const TABLES: SwitchingChoice = {
  name: 'pagetables',
  summary: 'one process with a page table per address space',
  *build(guest, protection) {
    const home = newHome(yield* moveIn(guest, protection), AT_GATE, guest.alarm);
    const tables = new Tables(guest, home, protection.views === true);
    yield* tables.begin();
    return tables;
  },
};
