/** String instructions. */
import { cmps, lods, movs, scas, stos } from '../integer/strings.ts';
import type { Row } from './row.ts';

export const STRINGS: readonly Row[] = [
  { code: 'a4', name: 'movs', operands: 'Yb,Xb', run: movs, rep: true },
  { code: 'a5', name: 'movs', operands: 'Yv,Xv', run: movs, rep: true },
  { code: 'a6', name: 'cmps', operands: 'Xb,Yb', run: cmps, rep: true },
  { code: 'a7', name: 'cmps', operands: 'Xv,Yv', run: cmps, rep: true },
  { code: 'aa', name: 'stos', operands: 'Yb,AL', run: stos, rep: true },
  { code: 'ab', name: 'stos', operands: 'Yv,eAX', run: stos, rep: true },
  { code: 'ac', name: 'lods', operands: 'AL,Xb', run: lods, rep: true },
  { code: 'ad', name: 'lods', operands: 'eAX,Xv', run: lods, rep: true },
  { code: 'ae', name: 'scas', operands: 'AL,Yb', run: scas, rep: true },
  { code: 'af', name: 'scas', operands: 'eAX,Yv', run: scas, rep: true },
];
