import { EVENTS } from '../../abi/events.ts';
import type { Run } from '../../host/boot.ts';
import { nearest } from '../../lab/nearest.ts';
import type { Cpu } from '../../machine/cpu.ts';
import { MAX_LENGTH } from '../../machine/decode.ts';
import { disassemble, formatLine } from '../../machine/disassemble.ts';
import { BASE, CPL, CR3, CS, EIP } from '../../machine/state.ts';
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
      const line = disassemble(codeAt(at), at.s[EIP] >>> 0, at.big, at.model);
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
      (event, detail) => {
        if (!shows(event)) return;
        const at = cpu.retiredNow();
        const word = `0x${(detail >>> 0).toString(16)}`;
        say(`${String(at).padStart(12)} ${NAMES[event]} ${word}`, { kind: 'event', at, event: NAMES[event], detail });
      },
    );
  }
  return () => {
    if (kinds.has('hash')) say(`trace hash ${ledger.hash}`, { kind: 'hash', hash: ledger.hash });
  };
}

/** The bytes at CS:EIP as far as they are mapped, found without touching the tables' accessed bits or the TLB. */
function codeAt(cpu: Cpu): Uint8Array {
  const bytes = new Uint8Array(MAX_LENGTH + 1);
  const start = (cpu.s[BASE + CS] + cpu.s[EIP]) >>> 0;
  for (let i = 0; i < bytes.length; i++) {
    const at = physical(cpu, (start + i) >>> 0);
    if (at < 0) return bytes.subarray(0, Math.max(i, 1));
    bytes[i] = cpu.memory.load8(at);
  }
  return bytes;
}

/** The physical address of a linear one (SDM vol. 3A, 4.3), -1 where it is not mapped. */
function physical(cpu: Cpu, linear: number): number {
  const directory = cpu.memory.load32((cpu.s[CR3] & ~0xfff) + (linear >>> 22) * 4);
  if ((directory & 1) === 0) return -1;
  if (directory & 0x80) return ((directory & 0xffc00000) | (linear & 0x3fffff)) >>> 0;
  const page = cpu.memory.load32((directory & ~0xfff) + ((linear >>> 12) & 0x3ff) * 4);
  return page & 1 ? ((page & ~0xfff) | (linear & 0xfff)) >>> 0 : -1;
}
