import type { Queue, Sleeper } from '../queue.ts';

/** What has references that are counted by one part of the kernel and held by others. */
export type Kind =
  | 'frame'
  | 'open file'
  | 'descriptor table'
  | 'places'
  | 'address space'
  | 'shared memory'
  | 'signal actions'
  | 'timer'
  | 'watch'
  | 'socket'
  | 'port'
  | 'terminal';

/** One thing that is not as it must be: a mistake of this kernel. */
export interface Violation {
  readonly what: string;
  readonly where: string;
  readonly expected: string;
  readonly found: string;
}

/** What tells one item of a kind from another: a number, or where it has none the thing itself. */
type Item = number | object;

/** One item's account: what its keeper counts (-1: it is not kept), and who holds it. */
interface Account {
  counted: number;
  held: number;
  readonly holders: string[];
}

/** Holders that a violation names. */
const NAMED = 4;

/**
 * The books of an audit, by double entry: whoever keeps things says how many references he counts to each, whoever
 * holds them says so, and both sides must agree. Services write into it through their `audit` methods, with names and
 * numbers only; places in queues alone are told by the queue itself.
 */
export class Books {
  readonly violations: Violation[] = [];
  /** The run is over: nothing may be left that belongs to a process. */
  readonly over: boolean;
  readonly #accounts = new Map<Kind, Map<Item, Account>>();
  /** Tasks that sleep in a call: each may have borrowed open files, and a frame, until it is over. */
  borrowers = 0;
  readonly #queues = new Map<Queue, string>();
  /** By queue, who says that he sleeps there. */
  readonly #sleepers = new Map<Queue, Map<Sleeper, string>>();

  constructor(over: boolean) {
    this.over = over;
  }

  /** `holder` holds `amount` references to an item. */
  holds(kind: Kind, item: Item, holder: string, amount = 1): void {
    const account = this.#account(kind, item);
    account.held += amount;
    if (account.holders.length < NAMED) account.holders.push(amount === 1 ? holder : `${holder} (${amount})`);
  }

  /** The keeper of an item counts so many references to it. */
  counts(kind: Kind, item: Item, references: number): void {
    const account = this.#account(kind, item);
    if (account.counted >= 0) this.wrong(kind, nameOf(kind, item), 'to be kept once', 'twice');
    account.counted = references;
  }

  /** A fact that must be so. */
  equal<T extends number | string | boolean>(what: string, where: string, expected: T, found: T): void {
    if (expected !== found) this.wrong(what, where, `${expected}`, `${found}`);
  }

  /** Something of which there must be nothing once the run is over. */
  gone(what: string, where: string, left: number): void {
    if (this.over && left !== 0) this.wrong(what, where, 'none after the run', `${left}`);
  }

  wrong(what: string, where: string, expected: string, found: string): void {
    this.violations.push({ what, where, expected, found });
  }

  /** A queue of somebody who is alive. */
  queue(where: string, queue: Queue): void {
    this.#queues.set(queue, where);
  }

  /** Somebody sleeps on a queue, once. */
  sleeps(sleeper: Sleeper, name: string, queue: Queue): void {
    const there = this.#sleepers.get(queue);
    if (there) there.set(sleeper, name);
    else this.#sleepers.set(queue, new Map([[sleeper, name]]));
  }

  /** Frames that nobody claims: as many as tasks sleep in calls may be their buffers. */
  #lent(): number {
    let lent = 0;
    for (const { counted, held } of this.#accounts.get('frame')?.values() ?? [])
      if (counted === 1 && held === 0) lent++;
    return lent;
  }

  /** Compares both sides of all accounts. To be called once, when everybody has reported. */
  close(): readonly Violation[] {
    const mayLend = this.#lent() <= this.borrowers;
    for (const [kind, accounts] of this.#accounts)
      for (const [item, account] of accounts) this.#compare(kind, item, account, mayLend);
    for (const [queue, sleepers] of this.#sleepers) {
      for (const [sleeper, name] of sleepers) {
        const places = queue.sleepers.filter((other) => other === sleeper).length;
        this.equal('queue places', `${name} on ${this.#queues.get(queue) ?? 'a queue of its own'}`, 1, places);
      }
    }
    for (const [queue, where] of this.#queues) {
      const known = this.#sleepers.get(queue);
      const strangers = queue.sleepers.filter((sleeper) => !known?.has(sleeper)).length;
      this.equal('queue places', `of nobody on ${where}`, 0, strangers);
    }
    return this.violations;
  }

  #compare(kind: Kind, item: Item, { counted, held, holders }: Account, mayLend: boolean): void {
    if (counted === held) return;
    if (kind === 'frame' && counted === 1 && held === 0 && mayLend) return;
    if (kind === 'open file' && counted > held && counted - held <= this.borrowers) return;
    const who = holders.length > 0 ? ` (${holders.join(', ')}${held > NAMED ? ', ...' : ''})` : '';
    const found = counted < 0 ? 'none: it is gone' : `${counted}`;
    this.wrong(kind, nameOf(kind, item), `${held} reference${held === 1 ? '' : 's'}${who}`, found);
  }

  #account(kind: Kind, item: Item): Account {
    let accounts = this.#accounts.get(kind);
    if (!accounts) this.#accounts.set(kind, (accounts = new Map()));
    let account = accounts.get(item);
    if (!account) accounts.set(item, (account = { counted: -1, held: 0, holders: [] }));
    return account;
  }
}

function nameOf(kind: Kind, item: Item): string {
  if (typeof item !== 'number') return 'of its own';
  return kind === 'frame' ? `0x${(item * 4096).toString(16).padStart(8, '0')}` : `${item}`;
}

/** A violation as one line. */
export function violationText({ what, where, expected, found }: Violation): string {
  return `${what} ${where}: expected ${expected}, found ${found}`;
}
