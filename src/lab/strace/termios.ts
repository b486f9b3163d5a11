import * as f from '../../abi/flags.ts';
import { FLAG_SETS } from '../../abi/flagsets.ts';
import { TERMIOS } from '../../abi/structs.ts';
import { flagsText } from './text.ts';

const SPEEDS: Readonly<Record<number, string>> = {
  0: 'B0',
  1: 'B50',
  2: 'B75',
  3: 'B110',
  4: 'B134',
  5: 'B150',
  6: 'B200',
  7: 'B300',
  8: 'B600',
  9: 'B1200',
  10: 'B1800',
  11: 'B2400',
  12: 'B4800',
  13: 'B9600',
  14: 'B19200',
  15: 'B38400',
  2402: 'B57600',
  2403: 'B115200',
};

/** The delay fields of c_oflag: mask, shift, name. strace prints each, even when it is 0. */
const DELAYS = [
  [f.NLDLY, 8, 'NL'],
  [f.CRDLY, 9, 'CR'],
  [f.TABDLY, 11, 'TAB'],
  [0o20000, 13, 'BS'],
  [0o40000, 14, 'VT'],
  [0o100000, 15, 'FF'],
] as const;

const DELAY_BITS = DELAYS.reduce((bits, [mask]) => bits | mask, 0);

function join(head: string, set: Parameters<typeof flagsText>[0], rest: number): string {
  return rest === 0 ? head : `${head}|${flagsText(set, rest)}`;
}

/** struct termios as strace prints it in short: the four mode words (termios(3)). */
export function termiosText(v: DataView): string {
  const { at } = TERMIOS;
  const iflag = v.getUint32(at.c_iflag, true);
  const oflag = v.getUint32(at.c_oflag, true);
  const cflag = v.getUint32(at.c_cflag, true);
  const lflag = v.getUint32(at.c_lflag, true);
  const delays = DELAYS.map(([mask, shift, name]) => `${name}${(oflag & mask) >>> shift}`).join('|');
  const speed = SPEEDS[cflag & f.CBAUD] ?? `0${(cflag & f.CBAUD).toString(8)}`;
  const size = `CS${5 + ((cflag & f.CSIZE) >>> 4)}`;
  return (
    `{c_iflag=${flagsText(FLAG_SETS.iflag, iflag)}, ` +
    `c_oflag=${join(delays, FLAG_SETS.oflag, (oflag & ~DELAY_BITS) >>> 0)}, ` +
    `c_cflag=${join(`${speed}|${size}`, FLAG_SETS.cflag, (cflag & ~(f.CBAUD | f.CSIZE)) >>> 0)}, ` +
    `c_lflag=${flagsText(FLAG_SETS.lflag, lflag)}, ...}`
  );
}
