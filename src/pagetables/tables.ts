/** The page tables of one process: address spaces of which each of its threads runs in one. */
import { EAGAIN, EBUSY, EINVAL, ENOMEM } from '../abi/errno.ts';
import { PAGETABLES_MOST } from '../abi/pagetables.ts';
import type { Books } from '../kernel/audit/books.ts';
import type { Area } from '../kernel/memory/area.ts';
import { PRIVATE } from '../kernel/memory/pages.ts';
import { AddressSpace } from '../kernel/memory/space.ts';
import { copyLdt } from '../kernel/tasks/ldt.ts';
import type { PageTables } from '../kernel/tasks/probes.ts';
import type { Process } from '../kernel/tasks/process.ts';
import type { Task } from '../kernel/tasks/task.ts';

export class Tables implements PageTables {
  readonly #spaces = new Map<number, AddressSpace>();
  #last = 0;

  /** `first` becomes table 0. */
  constructor(first: AddressSpace) {
    first.users++;
    this.#spaces.set(0, first);
  }

  /** The address space behind a number. */
  get(table: number): AddressSpace | undefined {
    return this.#spaces.get(table);
  }

  spaces(): Iterable<AddressSpace> {
    return this.#spaces.values();
  }

  /**
   * A new table with what the thread has mapped in the pages from `start` to `end`: its number; -EAGAIN when there are too
   * many, -ENOMEM, -EINVAL where memory lies there that is the thread's own and so cannot lie in two tables.
   */
  create(task: Task, start: number, end: number): number {
    if (this.#spaces.size >= PAGETABLES_MOST) return -EAGAIN;
    const from = task.memory;
    const space = AddressSpace.create(from.pool, from.limits);
    if (!space) return -ENOMEM;
    space.mmapTop = from.mmapTop;
    space.readImpliesExec = from.readImpliesExec;
    space.inner = from.inner;
    const parts = from.areas.carve(start, end);
    const failed = parts.some((area) => !mayShare(from, area)) ? -EINVAL : copyLdt(from, space) ? 0 : -ENOMEM;
    if (failed === 0) {
      for (const area of parts) {
        area.backing?.hold();
        space.place({ ...area });
      }
    }
    from.areas.tidy(start, end);
    if (failed < 0) {
      space.release();
      return failed;
    }
    this.#spaces.set(++this.#last, space);
    return this.#last;
  }

  select(task: Task, table: number): boolean {
    const space = this.#spaces.get(table);
    if (!space) return false;
    const old = task.memory;
    if (space === old) return true;
    space.users++;
    task.memory = space;
    task.user.space = space;
    old.release();
    return true;
  }

  /** -EINVAL for the first and for none, -EBUSY while a thread runs in it. */
  remove(table: number): number {
    const space = this.#spaces.get(table);
    if (!space || table === 0) return -EINVAL;
    if (space.users > 1) return -EBUSY;
    this.#spaces.delete(table);
    space.release();
    return 0;
  }

  drop(): void {
    for (const space of this.#spaces.values()) space.release();
    this.#spaces.clear();
  }

  audit(books: Books, name: string): void {
    for (const space of this.#spaces.values()) books.holds('address space', space.id, `a page table of ${name}`);
  }
}

/** Whether an area can be in two tables: shared, or a file's without pages of its own. */
function mayShare({ pages }: AddressSpace, { start, end, shared, backing }: Area): boolean {
  if (shared) return true;
  if (!backing) return false;
  for (let page = pages.next(start, end); page < end; page = pages.next(page + 1, end))
    if (pages.get(page) & PRIVATE) return false;
  return true;
}

/** The tables of a process; with its present space as the first where it has had none. */
export function tablesOf({ process, memory }: { process: Process; memory: AddressSpace }): Tables {
  if (process.tables instanceof Tables) return process.tables;
  const tables = new Tables(memory);
  process.tables = tables;
  return tables;
}
