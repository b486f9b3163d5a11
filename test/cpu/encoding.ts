/** Reads a row of the opcode table into what a generator needs: fixed bytes, form of the ModRM byte, immediates. */
import type { Row } from '../../src/machine/opcodes/row.ts';

export type Immediate = 'Ib' | 'Ibs' | 'Iw' | 'Iv' | 'Jb' | 'Jv' | 'Ap' | 'O';

export interface Encoding {
  readonly row: Row;
  /** Prefix 66, F2 or F3 that belongs to the opcode; 0 when there is none. */
  readonly mandatory: number;
  /** No operand-size or repeat prefix may be added: it would name another row. */
  readonly fixed: boolean;
  readonly opcode: readonly number[];
  /** Free low bits of the last opcode byte: 8 for a register, 16 for a condition, 1 for none. */
  readonly variants: 1 | 8 | 16;
  readonly modrm: boolean;
  /** The reg field, when it selects the row. */
  readonly digit: number | undefined;
  /** Which forms of the r/m operand the row has. */
  readonly forms: 'memory' | 'register' | 'both';
  readonly immediates: readonly Immediate[];
  readonly operands: readonly string[];
}

const IMMEDIATES: Readonly<Record<string, Immediate>> = {
  Ib: 'Ib',
  Ibs: 'Ibs',
  Iw: 'Iw',
  Iv: 'Iv',
  Jb: 'Jb',
  Jv: 'Jv',
  Ap: 'Ap',
  Ob: 'O',
  Ov: 'O',
};

const needsModrm = (operand: string) => /^([EGMSCDPQVWNUR][a-z]|M$)/.test(operand);
const isMemoryOnly = (operand: string) => operand.startsWith('M');
const isRegisterOnly = (operand: string) => /^[NUR][a-z]/.test(operand);

/** Parses all rows together: whether a prefix is free depends on the other rows of the same opcode. */
export function readTable(rows: readonly Row[]): Encoding[] {
  const prefixed = new Set<string>();
  for (const row of rows) {
    const match = /^(np|66|f2|f3) (0f \w\w)/.exec(row.code);
    if (match) prefixed.add(match[2] as string);
  }
  return rows.map((row) => readRow(row, prefixed));
}

function readRow(row: Row, prefixed: ReadonlySet<string>): Encoding {
  const tokens = row.code.split(' ');
  const operands = row.operands === '' ? [] : row.operands.split(',').map((operand) => operand.trim());
  let mandatory = 0;
  let fixed = prefixed.has(tokens.slice(0, 2).join(' '));
  if (tokens.length > 1 && /^(np|66|f2|f3)$/.test(tokens[0] as string)) {
    const first = tokens.shift() as string;
    mandatory = first === 'np' ? 0 : Number.parseInt(first, 16);
    fixed = true;
  }
  const opcode: number[] = [];
  let variants: 1 | 8 | 16 = 1;
  let digit: number | undefined;
  let forms: Encoding['forms'] = 'both';
  for (const token of tokens) {
    const hex = /^([0-9a-f]{2})(\+r|\+cc|\+i)?$/.exec(token);
    if (hex) {
      opcode.push(Number.parseInt(hex[1] as string, 16));
      if (hex[2]) variants = hex[2] === '+cc' ? 16 : 8;
    } else if (/^\/[0-7]$/.test(token)) digit = Number(token[1]);
    else if (token === 'm') forms = 'memory';
    else if (token === 'r') forms = 'register';
    else throw new Error(`opcode table: cannot read "${token}" in row "${row.code}" (${row.name})`);
  }
  if (operands.some(isMemoryOnly)) forms = 'memory';
  if (operands.some(isRegisterOnly)) forms = 'register';
  const wholeModrm = (opcode[0] as number) >= 0xd8 && (opcode[0] as number) <= 0xdf && opcode.length === 2;
  return {
    row,
    mandatory,
    fixed,
    opcode,
    variants,
    digit,
    forms,
    operands,
    modrm: !wholeModrm && (digit !== undefined || operands.some(needsModrm)),
    immediates: operands.flatMap((operand) => IMMEDIATES[operand] ?? []),
  };
}
