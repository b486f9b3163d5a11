import { SI_KERNEL } from '../../abi/signals.ts';

/** siginfo_t as the program sees it: 32 words. Word 0 is the signal, 1 errno, 2 the code, the rest depends on these. */
export type Info = Int32Array;

export const SIGNO = 0;
export const CODE = 2;
/** kill, SIGCHLD: the sender. */
export const PID = 3;
export const UID = 4;
/** sigqueue: its value. SIGCHLD: exit code or signal. */
export const VALUE = 5;
export const STATUS = 5;
/** SIGCHLD: clock ticks (1/100 s). */
export const UTIME = 6;
export const STIME = 7;
/** Faults: the address. */
export const ADDRESS = 3;

/** Any signal with its code and up to three following words. */
export function makeInfo(signal: number, code: number, a = 0, b = 0, c = 0): Info {
  const info = new Int32Array(32);
  fillInfo(info, signal, code, a, b, c);
  return info;
}

/** As `makeInfo`, in an array that there is already. */
export function fillInfo(info: Info, signal: number, code: number, a = 0, b = 0, c = 0): void {
  info.fill(0);
  info[SIGNO] = signal;
  info[CODE] = code;
  info[3] = a;
  info[4] = b;
  info[5] = c;
}

/** A signal from the kernel itself, without details. */
export function kernelInfo(signal: number): Info {
  return makeInfo(signal, SI_KERNEL);
}
