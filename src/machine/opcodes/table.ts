/** All rows: the instruction set. */
import { CONTROL } from './control.ts';
import { INTEGER } from './integer.ts';
import { MMX } from './mmx.ts';
import { NATIVE } from './native.ts';
import type { Row } from './row.ts';
import { SSE } from './sse.ts';
import { SSE2 } from './sse2.ts';
import { STRINGS } from './strings.ts';
import { SYSTEM } from './system.ts';
import { X87 } from './x87.ts';

export const ROWS: readonly Row[] = [
  ...INTEGER,
  ...CONTROL,
  ...STRINGS,
  ...SYSTEM,
  ...X87,
  ...MMX,
  ...SSE,
  ...SSE2,
  ...NATIVE,
];
