import {
  B38400,
  CREAD,
  CS8,
  ECHO,
  ECHOCTL,
  ECHOE,
  ECHOK,
  ECHOKE,
  HUPCL,
  ICANON,
  ICRNL,
  IEXTEN,
  ISIG,
  IXON,
  NCCS,
  ONLCR,
  OPOST,
} from '../../abi/flags.ts';
import { TERMIO, TERMIOS, TERMIOS2 } from '../../abi/structs.ts';

/** A terminal's settings (termios(3)). */
export interface Termios {
  iflag: number;
  oflag: number;
  cflag: number;
  lflag: number;
  line: number;
  /** Special characters by V* index; 0 = none. */
  readonly cc: Uint8Array;
}

/** ^C ^\ DEL ^U ^D, VTIME 0, VMIN 1, none, ^Q ^S ^Z, none, ^R ^O ^W ^V, none (INIT_C_CC). */
const CONTROL = [3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0];

/** The settings of a terminal that nobody has touched (tty_std_termios). */
export function standardTermios(): Termios {
  const cc = new Uint8Array(NCCS);
  cc.set(CONTROL);
  return {
    iflag: ICRNL | IXON,
    oflag: OPOST | ONLCR,
    cflag: B38400 | CS8 | CREAD | HUPCL,
    lflag: ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
    line: 0,
    cc,
  };
}

/** How the three generations of the structure carry the settings. */
export type TermiosForm = 'termio' | 'termios' | 'termios2';

/** Bytes of a form. */
export function termiosSize(form: TermiosForm): number {
  return { termio: TERMIO, termios: TERMIOS, termios2: TERMIOS2 }[form].size;
}

/** The settings as a structure. */
export function encodeTermios(form: TermiosForm, t: Termios): Uint8Array {
  const bytes = new Uint8Array(termiosSize(form));
  const view = new DataView(bytes.buffer);
  if (form === 'termio') {
    [t.iflag, t.oflag, t.cflag, t.lflag].forEach((flags, i) => {
      view.setUint16(i * 2, flags, true);
    });
    bytes[TERMIO.at.c_line] = t.line;
    bytes.set(t.cc.subarray(0, TERMIO.sizes.c_cc), TERMIO.at.c_cc);
    return bytes;
  }
  [t.iflag, t.oflag, t.cflag, t.lflag].forEach((flags, i) => {
    view.setUint32(i * 4, flags, true);
  });
  bytes[TERMIOS.at.c_line] = t.line;
  bytes.set(t.cc, TERMIOS.at.c_cc);
  if (form === 'termios2') {
    view.setUint32(TERMIOS2.at.c_ispeed, 38400, true);
    view.setUint32(TERMIOS2.at.c_ospeed, 38400, true);
  }
  return bytes;
}

/** The settings that a structure asks for; what its form does not carry stays as it is in `now`. */
export function decodeTermios(form: TermiosForm, bytes: Uint8Array, now: Termios): Termios {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const cc = now.cc.slice();
  if (form === 'termio') {
    cc.set(bytes.subarray(TERMIO.at.c_cc, TERMIO.at.c_cc + TERMIO.sizes.c_cc));
    const low = (old: number, i: number) => (old & ~0xffff) | view.getUint16(i * 2, true);
    return {
      iflag: low(now.iflag, 0),
      oflag: low(now.oflag, 1),
      cflag: low(now.cflag, 2),
      lflag: low(now.lflag, 3),
      line: bytes[TERMIO.at.c_line],
      cc,
    };
  }
  cc.set(bytes.subarray(TERMIOS.at.c_cc, TERMIOS.at.c_cc + NCCS));
  return {
    iflag: view.getUint32(TERMIOS.at.c_iflag, true),
    oflag: view.getUint32(TERMIOS.at.c_oflag, true),
    cflag: view.getUint32(TERMIOS.at.c_cflag, true),
    lflag: view.getUint32(TERMIOS.at.c_lflag, true),
    line: bytes[TERMIOS.at.c_line],
    cc,
  };
}
