import type { Choice, FlagSet } from '../../abi/flagsets.ts';

/** Bytes of a string or buffer that strace(1) shows unless told otherwise (-s). */
export const STRING_LIMIT = 32;

/** Unsigned hexadecimal as printf's %#x: '0x1f', and '0' for 0. */
export function hex(word: number): string {
  return word === 0 ? '0' : `0x${(word >>> 0).toString(16)}`;
}

/** An address: hexadecimal, NULL for 0. */
export function pointer(word: number): string {
  return word === 0 ? 'NULL' : hex(word);
}

/** Permission bits as printf's %#03o: '0644', '022', '000'. */
export function octal(word: number): string {
  return word === 0 ? '000' : `0${word.toString(8)}`.padStart(3, '0');
}

/** A 64-bit number from two words, low first; signed unless `unsigned`. */
export function long(low: number, high: number, unsigned = false): bigint {
  const value = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  return unsigned ? value : BigInt.asIntN(64, value);
}

const ESCAPES: Readonly<Record<number, string>> = {
  34: '\\"',
  92: '\\\\',
  12: '\\f',
  10: '\\n',
  13: '\\r',
  9: '\\t',
  11: '\\v',
};

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** Bytes between double quotes, escaped as C does, octal as short as the next byte allows. */
export function quote(bytes: Uint8Array): string {
  let text = '"';
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    const named = ESCAPES[byte];
    if (named) text += named;
    else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += `\\${isDigit(bytes[i + 1]) ? byte.toString(8).padStart(3, '0') : byte.toString(8)}`;
  }
  return `${text}"`;
}

/** Bytes between double quotes, every one as \xNN (random bytes). */
export function quoteHex(bytes: Uint8Array): string {
  return `"${Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`;
}

/** A word as one of the names of a choice, or as a number with the unknown name in a comment. */
export function choiceText(choice: Choice, word: number): string {
  for (const [name, value] of Object.entries(choice.names)) if ((value | 0) === (word | 0)) return name;
  return `${hex(word)} /* ${choice.unknown} */`;
}

/** A word of flags by names joined with '|'; bits without a name stay a number. */
export function flagsText(set: FlagSet, word: number): string {
  const parts: string[] = [];
  let rest = word >>> 0;
  if (set.choice) {
    const { mask, names } = set.choice;
    parts.push(choiceText({ unknown: set.unknown, names }, rest & mask));
    rest = (rest & ~mask) >>> 0;
  } else if (rest === 0) return set.zero ?? '0';
  for (const [name, bits] of Object.entries(set.bits)) {
    if (bits === 0 || (rest & bits) >>> 0 !== bits >>> 0) continue;
    parts.push(name);
    rest = (rest & ~bits) >>> 0;
  }
  if (rest === 0) return parts.join('|');
  return parts.length === 0 ? `${hex(rest)} /* ${set.unknown} */` : `${parts.join('|')}|${hex(rest)}`;
}

/** Seconds since 1970 as strace writes a time, with a fraction of so many digits: '2026-11-20T09:51:19+0000'. */
export function timeText(seconds: number | bigint, fraction = 0, digits = 0): string {
  const whole = isoSeconds(Number(seconds));
  const tail = digits > 0 && fraction !== 0 ? `.${String(fraction).padStart(digits, '0')}` : '';
  return `${whole}${tail}+0000`;
}

/** Civil time of a number of seconds since 1970 (UTC), 'YYYY-MM-DDThh:mm:ss' (days from civil, Hinnant). */
function isoSeconds(seconds: number): string {
  const days = Math.floor(seconds / 86400);
  const rest = seconds - days * 86400;
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
}
