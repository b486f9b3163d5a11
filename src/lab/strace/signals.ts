import * as sig from '../../abi/signals.ts';
import { SIGINFO_CHLD, SIGINFO_FAULT, SIGINFO_KILL, SIGINFO_POLL, SIGINFO_TIMER } from '../../abi/structs.ts';
import { hex, pointer } from './text.ts';

/** A signal's name without SIG, as signal sets are printed. */
function shortName(n: number): string {
  return sig.signalName(n).replace(/^SIG/, '');
}

/** A signal set of `bits` signals from two words: '[INT CHLD]', or '~[...]' of those that are missing when two thirds are there. */
export function sigset(low: number, high: number, bits: 32 | 64): string {
  const has = (n: number): boolean => (((n <= 32 ? low : high) >>> ((n - 1) & 31)) & 1) === 1;
  const all = Array.from({ length: bits }, (_, i) => i + 1);
  const members = all.filter(has);
  const inverted = members.length >= Math.floor((bits * 2) / 3);
  const shown = inverted ? all.filter((n) => !has(n)) : members;
  return `${inverted ? '~' : ''}[${shown.map(shortName).join(' ')}]`;
}

const FAULTS = new Set([sig.SIGILL, sig.SIGFPE, sig.SIGSEGV, sig.SIGBUS]);

/** siginfo_t between braces: number and code, then what this signal and code carry (sigaction(2)). */
export function siginfoText(v: DataView): string {
  const word = (at: number): number => v.getInt32(at, true);
  const number = word(0);
  const errno = word(4);
  const code = word(8);
  const head = `{si_signo=${sig.signalName(number)}, si_code=${sig.siCodeName(number, code)}`;
  return `${head}${errno === 0 ? '' : `, si_errno=${errno}`}${details(number, code, word)}}`;
}

function details(number: number, code: number, word: (at: number) => number): string {
  const kill = SIGINFO_KILL.at;
  const source = `, si_pid=${word(kill.si_pid)}, si_uid=${word(kill.si_uid) >>> 0}`;
  if (code === sig.SI_USER || code === sig.SI_TKILL) return source;
  if (code === sig.SI_QUEUE) return `${source}, si_int=${word(kill.si_value)}, si_ptr=${pointer(word(kill.si_value))}`;
  if (code === sig.SI_TIMER) {
    const { at } = SIGINFO_TIMER;
    return `, si_timerid=${hex(word(at.si_tid))}, si_overrun=${word(at.si_overrun)}, si_int=${word(at.si_value)}, si_ptr=${pointer(word(at.si_value))}`;
  }
  if (number === sig.SIGCHLD && code > 0) {
    const { at } = SIGINFO_CHLD;
    const status = code === sig.CLD_EXITED ? `${word(at.si_status)}` : sig.signalName(word(at.si_status));
    return `${source}, si_status=${status}, si_utime=${word(at.si_utime)}, si_stime=${word(at.si_stime)}`;
  }
  if (FAULTS.has(number)) return `, si_addr=${pointer(word(SIGINFO_FAULT.at.si_addr))}`;
  if (number === sig.SIGIO && code > 0)
    return `, si_band=${word(SIGINFO_POLL.at.si_band)}, si_fd=${word(SIGINFO_POLL.at.si_fd)}`;
  return word(kill.si_pid) === 0 && word(kill.si_uid) === 0 ? '' : source;
}

/** A status word as waitpid(2) stores it. */
export function waitStatus(status: number): string {
  const low = status & 0x7f;
  if (status === 0xffff) return '[{WIFCONTINUED(s)}]';
  if (low === 0) return `[{WIFEXITED(s) && WEXITSTATUS(s) == ${(status >>> 8) & 0xff}}]`;
  if (low === 0x7f) return `[{WIFSTOPPED(s) && WSTOPSIG(s) == ${sig.signalName((status >>> 8) & 0xff)}}]`;
  return `[{WIFSIGNALED(s) && WTERMSIG(s) == ${sig.signalName(low)}${status & 0x80 ? ' && WCOREDUMP(s)' : ''}}]`;
}
