import { EVENTS } from '../../abi/events.ts';
import { nearest } from '../../abi/nearest.ts';
import type { Run } from '../../host/boot.ts';
import { disassemble, formatLine } from '../../machine/disassemble.ts';
import { codeAt } from '../../machine/inspect.ts';
import { CPL, EIP } from '../../machine/state.ts';
import { Failure } from '../failure.ts';
import type { Log } from './log.ts';

/** What -d can log. */
const KINDS = {
  exec: 'every instruction before it is executed',
  event: 'every event that the ledger counts',
  crossing: 'changes of ring',
  fault: 'page faults and exceptions',
  hash: 'the hash of all events, at the end',
} as const;

type Kind = keyof typeof KINDS;

const NAMES = Object.keys(EVENTS);
const FAULTS = new Set([EVENTS.pageFault, EVENTS.crossingException] as number[]);

/** The kinds of -d, checked. */
export function debugKinds(text: string): ReadonlySet<Kind> {
  const kinds = text.split(',').filter((kind) => kind !== '');
  for (const kind of kinds) {
    if (kind in KINDS) continue;
    const near = nearest(kind, Object.keys(KINDS));
    const list = Object.entries(KINDS).map(([name, what]) => `${name} (${what})`);
    throw new Failure(`-d: no kind "${kind}"${near ? `. Did you mean "${near}"?` : '.'} There are: ${list.join(', ')}`);
  }
  return new Set(kinds as Kind[]);
}

/** Begins to log what was asked for; returns what to do at the end of the run. */
export function startDebug(kinds: ReadonlySet<Kind>, run: Run, log: Log, json: boolean): () => void {
  const { machine } = run;
  const { ledger, cpu } = machine;
  const say = (text: string, record: object): void => log.line(json ? JSON.stringify(record) : text);
  if (kinds.has('exec')) {
    machine.watch = (at) => {
      // A page that is not mapped yet: the fault that comes next maps it, and the instruction is met again.
      const code = codeAt(at, at.s[EIP]);
      if (code.length === 0) return;
      const line = disassemble(code, at.s[EIP] >>> 0, at.big, at.model);
      const text = formatLine(line);
      say(`${at.s[CPL]} ${text}`, { kind: 'exec', cpl: at.s[CPL], address: line.address, text: line.text });
    };
  }
  const shows = (event: number): boolean =>
    kinds.has('event') ||
    (kinds.has('crossing') && NAMES[event].startsWith('crossing')) ||
    (kinds.has('fault') && FAULTS.has(event));
  if (kinds.has('event') || kinds.has('crossing') || kinds.has('fault') || kinds.has('hash')) {
    ledger.trace(
      () => cpu.retiredNow(),
      (event, detail, depth) => {
        if (!shows(event)) return;
        const at = cpu.retiredNow();
        const word = `0x${(detail >>> 0).toString(16)}`;
        const name = NAMES[event];
        const who = depth === 0 ? '' : ` depth ${depth}`;
        say(`${String(at).padStart(12)} ${name} ${word}${who}`, { kind: 'event', depth, at, event: name, detail });
      },
    );
  }
  return () => {
    if (kinds.has('hash')) say(`trace hash ${ledger.hash}`, { kind: 'hash', hash: ledger.hash });
  };
}
