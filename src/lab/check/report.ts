import { syscallName } from '../../abi/syscalls.ts';
import { MODELS } from '../../machine/model.ts';
import type { Feature } from '../../machine/opcodes/row.ts';
import type { Executable, Symbol32 } from './elf.ts';
import { type Finding, sweep } from './sweep.ts';

/** One kind of thing that was found: how often, and in which functions. */
export interface Tally {
  readonly what: string;
  readonly count: number;
  /** Functions with their own counts, most first; addresses where the file has no symbols. */
  readonly where: readonly { readonly symbol: string; readonly count: number }[];
}

/** The verdict on a program. */
export interface Report {
  readonly symbols: number;
  readonly dynamic: boolean;
  /** Encodings that no model has, by extension or bytes. */
  readonly opcodes: readonly Tally[];
  /** Features that the code uses anywhere, whether or not it asks CPUID first. */
  readonly features: readonly Tally[];
  readonly privileged: readonly Tally[];
  /** System calls that the kernel has, those that it has not, and places whose number is not a constant. */
  readonly calls: readonly Tally[];
  readonly unsupportedCalls: readonly Tally[];
  /** Calls that are there with a restriction: the name and the restriction. */
  readonly restrictedCalls: readonly { readonly name: string; readonly note: string }[];
  readonly unknownCalls: number;
  /** The smallest model that has every feature, null where no model does. */
  readonly model: string | null;
}

class Counter {
  readonly #counts = new Map<string, Map<string, number>>();

  add(what: string, symbol: string): void {
    let where = this.#counts.get(what);
    if (!where) this.#counts.set(what, (where = new Map()));
    where.set(symbol, (where.get(symbol) ?? 0) + 1);
  }

  tallies(): Tally[] {
    return [...this.#counts]
      .map(([what, where]) => ({
        what,
        count: [...where.values()].reduce((a, b) => a + b, 0),
        where: [...where].map(([symbol, count]) => ({ symbol, count })).sort((a, b) => b.count - a.count),
      }))
      .sort((a, b) => b.count - a.count || (a.what < b.what ? -1 : 1));
  }
}

/** A system call that the kernel has, as its row tells. */
export interface SupportedCall {
  readonly number: number;
  readonly note?: string;
}

/** Sweeps a program and sorts what it finds; `rows` are the system calls that the kernel has. */
export function checkProgram(program: Executable, rows: readonly SupportedCall[]): Report {
  const supported = new Map(rows.map((row) => [row.number, row]));
  const restricted = new Map<string, string>();
  const counters = {
    opcodes: new Counter(),
    features: new Counter(),
    privileged: new Counter(),
    calls: new Counter(),
    unsupportedCalls: new Counter(),
  };
  let unknownCalls = 0;
  const features = new Set<Feature>();
  for (const finding of sweep(program)) {
    const symbol = symbolAt(program.symbols, finding.address);
    if (finding.kind === 'opcode') counters.opcodes.add(finding.extension ?? hexBytes(finding), symbol);
    else if (finding.kind === 'privileged') counters.privileged.add(finding.name, symbol);
    else if (finding.kind === 'feature') {
      features.add(finding.feature);
      counters.features.add(finding.feature, symbol);
    } else if (finding.number < 0) unknownCalls++;
    else {
      const row = supported.get(finding.number);
      const name = syscallName(finding.number);
      if (row?.note) restricted.set(name, row.note);
      (row ? counters.calls : counters.unsupportedCalls).add(name, symbol);
    }
  }
  const model = Object.values(MODELS).find(({ features: has }) => [...features].every((feature) => has.has(feature)));
  return {
    symbols: program.symbols.length,
    dynamic: program.dynamic,
    opcodes: counters.opcodes.tallies(),
    features: counters.features.tallies(),
    privileged: counters.privileged.tallies(),
    calls: counters.calls.tallies(),
    unsupportedCalls: counters.unsupportedCalls.tallies(),
    restrictedCalls: [...restricted].map(([name, note]) => ({ name, note })),
    unknownCalls,
    model: model?.name ?? null,
  };
}

function hexBytes({ bytes }: Extract<Finding, { kind: 'opcode' }>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** The function that an address lies in: the last symbol at or before it; the address itself where there is none. */
function symbolAt(symbols: readonly Symbol32[], address: number): string {
  let low = 0;
  let high = symbols.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (symbols[middle].address <= address) low = middle + 1;
    else high = middle;
  }
  const symbol = symbols[low - 1];
  const inside = symbol && (symbol.size === 0 || address < symbol.address + symbol.size);
  return inside ? symbol.name : `0x${address.toString(16).padStart(8, '0')}`;
}
