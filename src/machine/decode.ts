/** From bytes to instructions, driven by the opcode table alone. */
import { GP, UD } from './fault.ts';
import { Insn, REP, REPNE } from './insn.ts';
import type { Model } from './model.ts';
import type { Row } from './opcodes/row.ts';
import { ROWS } from './opcodes/table.ts';
import { CS, DS, EBP, EBX, EDI, ES, ESI, ESP, FS, GS, SS, ZERO } from './state.ts';

/** The longest instruction that a processor takes, in bytes. */
export const MAX_LENGTH = 15;

/** What an undefined or absent encoding becomes. */
export const UNDEFINED: Row = { code: '', name: '(bad)', operands: '', run: (cpu) => cpu.fault(UD) };
/** More than 15 bytes. */
const TOO_LONG: Row = { code: '', name: '(too long)', operands: '', run: (cpu) => cpu.fault(GP, 0) };

/** Mandatory prefixes: any, none, 66, F3, F2. */
const ANY = -1;
const NONE = 0;
const P66 = 1;
const PF3 = 2;
const PF2 = 3;
const PREFIXES: Readonly<Record<string, number>> = { np: NONE, '66': P66, f3: PF3, f2: PF2 };

/** One row as the decoder matches it: mandatory prefix and the range of ModRM bytes by reg, form or value. */
interface Candidate {
  readonly row: Row;
  readonly prefix: number;
  readonly matches: (modrm: number) => boolean;
  /** Operand letters in order. */
  readonly letters: readonly string[];
  /** MOV to and from control and debug registers: ModRM.mod is ignored (SDM 2B, MOV). */
  readonly registers: boolean;
}

/** All rows of one opcode, and the choice among them by prefix and ModRM byte, filled in as it is met. */
interface Slot {
  readonly candidates: Candidate[];
  readonly choice: (Candidate | null | undefined)[];
  modrm: boolean;
}

const MODRM_LETTERS = /^([EGMRPQVWNUCD][a-z]?|Sw|STi)$/;

/** Slots by opcode map (one byte, 0F, 0F 38, 0F 3A) and opcode byte. */
const slots: (Slot | null)[] = new Array(1024).fill(null);

for (const row of ROWS) enter(row);

function enter(row: Row): void {
  const tokens = row.code.split(' ');
  const letters = row.operands === '' ? [] : row.operands.split(',');
  let prefix = ANY;
  if (tokens.length > 1 && tokens[0] in PREFIXES && tokens[1] === '0f') prefix = PREFIXES[tokens.shift() as string];
  let map = 0;
  if (tokens[0] === '0f' && tokens.length > 1) {
    tokens.shift();
    const third = tokens.length > 1 ? ['38', '3a'].indexOf(tokens[0]) : -1;
    if (third >= 0) tokens.shift();
    map = third < 0 ? 1 : third + 2;
  }
  const [byte, spread] = (tokens.shift() as string).split('+');
  const first = Number.parseInt(byte, 16);
  const count = spread === 'r' ? 8 : spread === 'cc' ? 16 : 1;
  const matches = modrmTest(tokens);
  const registers = letters.includes('Cd') || letters.includes('Dd');
  const candidate: Candidate = { row, prefix, matches: matches ?? (() => true), letters, registers };
  const modrm = matches !== null || letters.some((letter) => MODRM_LETTERS.test(letter));
  for (let i = 0; i < count; i++) {
    const index = (map << 8) | (first + i);
    let slot = slots[index];
    if (slot === null) {
      slot = { candidates: [], choice: [], modrm: false };
      slots[index] = slot;
    }
    slot.candidates.push(candidate);
    slot.modrm ||= modrm;
  }
}

/** What the rest of a row's code asks of the ModRM byte: '/2', '/2 m', 'm', 'e8', 'c0+i'; null when nothing. */
function modrmTest(tokens: readonly string[]): ((modrm: number) => boolean) | null {
  let test: ((modrm: number) => boolean) | null = null;
  const and = (next: (modrm: number) => boolean) => {
    const before = test;
    test = before === null ? next : (modrm) => before(modrm) && next(modrm);
  };
  for (const token of tokens) {
    if (token[0] === '/') {
      const reg = Number(token[1]);
      and((modrm) => ((modrm >> 3) & 7) === reg);
    } else if (token === 'm') and((modrm) => modrm < 0xc0);
    else if (token === 'r') and((modrm) => modrm >= 0xc0);
    else {
      const [byte, spread] = token.split('+');
      const low = Number.parseInt(byte, 16);
      const high = low + (spread === undefined ? 0 : 7);
      and((modrm) => modrm >= low && modrm <= high);
    }
  }
  return test;
}

function choose(slot: Slot, prefix: number, modrm: number): Candidate | null {
  const key = (prefix << 8) | modrm;
  const known = slot.choice[key];
  if (known !== undefined) return known;
  const fits = (want: number) => slot.candidates.find((c) => c.prefix === want && c.matches(modrm));
  const found = fits(prefix) ?? fits(ANY) ?? null;
  slot.choice[key] = found;
  return found;
}

// The bytes being decoded; `short` is set when the instruction needs more of them than there are.
let bytes: Uint8Array = new Uint8Array(0);
let at = 0;
let available = 0;
let short = false;

function byte(): number {
  if (at < available) return bytes[at++];
  short = true;
  at++;
  return 0;
}
function word(): number {
  const low = byte();
  return low | (byte() << 8);
}
function dword(): number {
  const low = word();
  return low | (word() << 16);
}

/**
 * Decodes the instruction at the start of `from` (of which `count` bytes may be read), for 32-bit code (`big`) or
 * 16-bit code. Returns it with `start` 0 and `end` its length, or null when it is longer than `count`.
 * An encoding that the model does not have becomes an instruction that raises #UD.
 */
export function decode(model: Model, from: Uint8Array, count: number, big: boolean): Insn | null {
  bytes = from;
  at = 0;
  available = count;
  short = false;
  let osize = big ? 4 : 2;
  let asize = osize;
  let mandatory = NONE;
  let rep = 0;
  let lock = false;
  let override = -1;
  let opcode: number;
  prefixes: for (;;) {
    opcode = byte();
    switch (opcode) {
      case 0x26:
        override = ES;
        break;
      case 0x2e:
        override = CS;
        break;
      case 0x36:
        override = SS;
        break;
      case 0x3e:
        override = DS;
        break;
      case 0x64:
        override = FS;
        break;
      case 0x65:
        override = GS;
        break;
      case 0x66:
        osize = big ? 2 : 4;
        if (mandatory === NONE) mandatory = P66;
        break;
      case 0x67:
        asize = big ? 2 : 4;
        break;
      case 0xf0:
        lock = true;
        break;
      case 0xf2:
        rep = REPNE;
        mandatory = PF2;
        break;
      case 0xf3:
        rep = REP;
        mandatory = PF3;
        break;
      default:
        break prefixes;
    }
    if (at > MAX_LENGTH) return bad(TOO_LONG);
    if (short) return null;
  }
  let map = 0;
  if (opcode === 0x0f) {
    opcode = byte();
    map = 1;
    if (opcode === 0x38 || opcode === 0x3a) {
      map = opcode === 0x38 ? 2 : 3;
      opcode = byte();
    }
  }
  if (short) return null;
  const slot = slots[(map << 8) | opcode];
  if (slot === null) return bad(UNDEFINED);
  let modrm = 0;
  if (slot.modrm) {
    if (at >= available) return null;
    modrm = bytes[at];
  }
  const candidate = choose(slot, mandatory, modrm);
  if (candidate === null) return bad(UNDEFINED);
  const row = candidate.row;
  if (row.cpu !== undefined && !model.features.has(row.cpu)) return bad(UNDEFINED);
  if (candidate.prefix > NONE) osize = 4;

  const insn = new Insn(row);
  insn.opcode = opcode;
  insn.rep = rep;
  insn.lock = lock;
  insn.asize = asize;
  const letters = candidate.letters;
  insn.size = row.size ?? (letters.length > 0 && isByte(letters[0]) ? 1 : osize);
  insn.rm = 0;
  insn.seg = DS;
  if (slot.modrm) {
    at++;
    insn.reg = (modrm >> 3) & 7;
    if (modrm >= 0xc0 || candidate.registers) insn.rm = modrm & 7;
    else if (asize === 4) address32(insn, modrm);
    else address16(insn, modrm);
    // The last x87 opcode (FOP) as FNSTENV stores it; these instructions have no immediate.
    if (map === 0 && (opcode & 0xf8) === 0xd8) insn.imm = ((opcode & 7) << 8) | modrm;
  } else if (letters.length > 0 && row.code.includes('+r')) insn.rm = opcode & 7;
  if (override >= 0) insn.seg = override;
  let immediates = 0;
  for (const letter of letters) {
    let value: number;
    switch (letter) {
      case 'Ib':
        value = byte();
        break;
      case 'Ibs':
      case 'Jb':
        value = (byte() << 24) >> 24;
        break;
      case 'Iw':
        value = word();
        break;
      case 'Iv':
      case 'Jv':
        value = osize === 4 ? dword() : (word() << 16) >> 16;
        break;
      case 'Ap':
        value = osize === 4 ? dword() : word();
        insn.imm2 = word();
        break;
      case 'Ob':
      case 'Ov':
        insn.disp = asize === 4 ? dword() : word();
        insn.mem = true;
        continue;
      default:
        continue;
    }
    if (immediates++ === 0) insn.imm = value;
    else insn.imm2 = value;
  }
  // What cannot be fetched is missed before the length is.
  if (short && available < MAX_LENGTH) return null;
  if (at > MAX_LENGTH) return bad(TOO_LONG);
  if (short) return null;
  if (lock && !(row.lock === true && insn.mem)) return bad(UNDEFINED);
  insn.end = at;
  return insn;
}

function isByte(letter: string): boolean {
  return letter === 'AL' || /^[EGZXYOM]b$/.test(letter);
}

function bad(row: Row): Insn | null {
  if (short && row !== TOO_LONG) return null;
  const insn = new Insn(row);
  insn.end = at;
  return insn;
}

function address32(insn: Insn, modrm: number): void {
  const mod = modrm >> 6;
  const rm = modrm & 7;
  insn.mem = true;
  insn.base = rm;
  if (rm === 4) {
    const sib = byte();
    const index = (sib >> 3) & 7;
    insn.base = sib & 7;
    if (index !== ESP) {
      insn.index = index;
      insn.scale = sib >> 6;
    }
  }
  if (insn.base === EBP && mod === 0) {
    insn.base = ZERO;
    insn.disp = dword();
  } else if (insn.base === EBP || insn.base === ESP) insn.seg = SS;
  if (mod === 1) insn.disp = (byte() << 24) >> 24;
  else if (mod === 2) insn.disp = dword();
}

/** Base and index of the eight 16-bit address forms (SDM vol. 2A, table 2-1). */
const BASES16 = [EBX, EBX, EBP, EBP, ZERO, ZERO, EBP, EBX];
const INDEXES16 = [ESI, EDI, ESI, EDI, ESI, EDI, ZERO, ZERO];

function address16(insn: Insn, modrm: number): void {
  const mod = modrm >> 6;
  const rm = modrm & 7;
  insn.mem = true;
  insn.base = BASES16[rm];
  insn.index = INDEXES16[rm];
  if (mod === 0 && rm === 6) {
    insn.base = ZERO;
    insn.disp = word();
  } else if (insn.base === EBP) insn.seg = SS;
  if (mod === 1) insn.disp = (byte() << 24) >> 24;
  else if (mod === 2) insn.disp = (word() << 16) >> 16;
}
