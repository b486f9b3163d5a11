/** Records as text: what a failing test shows. */
import { MEMORY, STATE } from './oracle.ts';

/** `bytes` (at most 16 are shown) at `at` as one little-endian number. */
export function hex(view: DataView, at: number, bytes: number): string {
  let text = '';
  for (let i = Math.min(bytes, 16) - 1; i >= 0; i--)
    text += view
      .getUint8(at + i)
      .toString(16)
      .padStart(2, '0');
  return text;
}

/** One line that says all of a request that matters. */
export function describeRequest(view: DataView): string {
  const parts = [`${hex(view, 0, 1)} ${hex(view, 1, 1)}`, `fl ${hex(view, 4, 4)}`];
  parts.push(`cw ${hex(view, STATE, 2)}`, `sw ${hex(view, STATE + 4, 2)}`, `tw ${hex(view, STATE + 8, 2)}`);
  for (let i = 0; i < 3; i++) parts.push(`st${i} ${hex(view, STATE + 28 + 10 * i, 10)}`);
  parts.push(`mem ${hex(view, MEMORY, 10)}`);
  return parts.join('  ');
}

/** A line where `bytes` at `at` differ, else nothing. */
export function difference(name: string, real: DataView, ours: DataView, at: number, bytes: number): string[] {
  for (let i = 0; i < bytes; i++) {
    if (real.getUint8(at + i) !== ours.getUint8(at + i)) {
      return [`${name}: real ${hex(real, at, bytes)}, ours ${hex(ours, at, bytes)}`];
    }
  }
  return [];
}
