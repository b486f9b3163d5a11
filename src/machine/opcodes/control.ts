/** Near transfers of control, and the opcodes that are undefined by promise (UD0 without a ModRM byte, as in the P6). */
import * as branch from '../integer/branch.ts';
import type { Row } from './row.ts';

export const CONTROL: readonly Row[] = [
  { code: '70+cc', name: 'j', operands: 'Jb', run: branch.jcc, ends: true },
  { code: '0f 80+cc', name: 'j', operands: 'Jv', run: branch.jcc, ends: true },
  { code: 'e0', name: 'loopne', operands: 'Jb', run: branch.loopne, ends: true },
  { code: 'e1', name: 'loope', operands: 'Jb', run: branch.loope, ends: true },
  { code: 'e2', name: 'loop', operands: 'Jb', run: branch.loop, ends: true },
  { code: 'e3', name: 'jcxz', operands: 'Jb', run: branch.jcxz, ends: true },
  { code: 'e8', name: 'call', operands: 'Jv', run: branch.callJ, ends: true },
  { code: 'e9', name: 'jmp', operands: 'Jv', run: branch.jmpJ, ends: true },
  { code: 'eb', name: 'jmp', operands: 'Jb', run: branch.jmpJ, ends: true },
  { code: 'ff /2', name: 'call', operands: 'Ev', run: branch.callE, ends: true },
  { code: 'ff /4', name: 'jmp', operands: 'Ev', run: branch.jmpE, ends: true },
  { code: 'c2', name: 'ret', operands: 'Iw', run: branch.ret, ends: true },
  { code: 'c3', name: 'ret', operands: '', run: branch.ret, ends: true },
  { code: '62 m', name: 'bound', operands: 'Gv,Ma', run: branch.bound },
  { code: '0f 0b', name: 'ud2', operands: '', run: branch.undefinedOpcode, ends: true },
  { code: '0f ff', name: 'ud0', operands: '', run: branch.undefinedOpcode, ends: true },
];
