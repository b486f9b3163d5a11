import * as f from '../../abi/flags.ts';
import type { Kind } from '../../abi/kinds.ts';
import type { Shown } from './shape.ts';

/** Which words of fcntl(2), ioctl(2), prctl(2) and futex(2) there are depends on the command among them. */

const FCNTL: Readonly<Record<number, Kind | null>> = {
  [f.F_DUPFD]: 'int',
  [f.F_DUPFD_CLOEXEC]: 'int',
  [f.F_GETFD]: null,
  [f.F_SETFD]: 'flags:fd',
  [f.F_GETFL]: null,
  [f.F_SETFL]: 'flags:open',
  [f.F_GETLK]: 'out:flock_pid',
  [f.F_SETLK]: 'in:flock',
  [f.F_SETLKW]: 'in:flock',
  [f.F_GETLK64]: 'out:flock64_pid',
  [f.F_SETLK64]: 'in:flock64',
  [f.F_SETLKW64]: 'in:flock64',
  [f.F_OFD_GETLK]: 'out:flock64_pid',
  [f.F_OFD_SETLK]: 'in:flock64',
  [f.F_OFD_SETLKW]: 'in:flock64',
  [f.F_SETOWN]: 'int',
  [f.F_GETOWN]: null,
  [f.F_SETSIG]: 'signal',
  [f.F_GETSIG]: null,
  [f.F_SETPIPE_SZ]: 'uint',
  [f.F_GETPIPE_SZ]: null,
  [f.F_GETLEASE]: null,
  [f.F_GET_SEALS]: null,
};

/** fcntl(2): descriptor, command, and the word that the command takes. */
export function fcntlShape(command: number): Shown[] {
  const third = FCNTL[command];
  const shown: Shown[] = [
    { kind: 'fd', slot: 0 },
    { kind: 'choice:fcntl', slot: 1 },
  ];
  return third === null ? shown : [...shown, { kind: third ?? 'hex', slot: 2 }];
}

const IOCTL: Readonly<Record<number, Kind | null>> = {
  [f.TCGETS]: 'out:termios',
  [f.TCSETS]: 'in:termios',
  [f.TCSETSW]: 'in:termios',
  [f.TCSETSF]: 'in:termios',
  [f.TIOCGWINSZ]: 'out:winsize',
  [f.TIOCSWINSZ]: 'in:winsize',
  [f.TIOCGPGRP]: 'out:int',
  [f.TIOCSPGRP]: 'in:int',
  [f.TIOCGSID]: 'out:int',
  [f.TIOCOUTQ]: 'out:int',
  [f.FIONREAD]: 'out:int',
  [f.TIOCGETD]: 'out:int',
  [f.TIOCSETD]: 'in:int',
  [f.TIOCGPTN]: 'out:uint',
  [f.TIOCSPTLCK]: 'in:int',
  [f.TIOCPKT]: 'in:int',
  [f.FIONBIO]: 'in:int',
  [f.FIOASYNC]: 'in:int',
  [f.TIOCSCTTY]: 'int',
  [f.TCSBRK]: 'int',
  [f.TCSBRKP]: 'int',
  [f.TCXONC]: 'choice:tcxonc',
  [f.TCFLSH]: 'choice:tcflsh',
  [f.TIOCNOTTY]: null,
  [f.TIOCEXCL]: null,
  [f.TIOCNXCL]: null,
  [f.FIOCLEX]: null,
  [f.FIONCLEX]: null,
};

/** ioctl(2): descriptor, request, and what the request takes. */
export function ioctlShape(request: number): Shown[] {
  const third = IOCTL[request >>> 0];
  const shown: Shown[] = [
    { kind: 'fd', slot: 0 },
    { kind: 'choice:ioctl', slot: 1 },
  ];
  return third === null ? shown : [...shown, { kind: third ?? 'hex', slot: 2 }];
}

const PRCTL: Readonly<Record<number, readonly Kind[]>> = {
  [f.PR_SET_PDEATHSIG]: ['signal'],
  [f.PR_GET_PDEATHSIG]: ['out:int'],
  [f.PR_GET_DUMPABLE]: [],
  [f.PR_SET_DUMPABLE]: ['uint'],
  [f.PR_GET_KEEPCAPS]: [],
  [f.PR_SET_KEEPCAPS]: ['uint'],
  [f.PR_SET_NAME]: ['string'],
  [f.PR_GET_NAME]: ['outstring'],
  [f.PR_GET_SECCOMP]: [],
  [f.PR_CAPBSET_READ]: ['uint'],
  [f.PR_CAPBSET_DROP]: ['uint'],
  [f.PR_SET_CHILD_SUBREAPER]: ['uint'],
  [f.PR_GET_CHILD_SUBREAPER]: ['out:uint'],
  [f.PR_SET_TIMERSLACK]: ['uint'],
  [f.PR_GET_TIMERSLACK]: [],
  [f.PR_SET_NO_NEW_PRIVS]: ['uint', 'uint', 'uint', 'uint'],
  [f.PR_GET_NO_NEW_PRIVS]: ['uint', 'uint', 'uint', 'uint'],
};

/** prctl(2): the option and its arguments. */
export function prctlShape(option: number): Shown[] {
  const rest = PRCTL[option] ?? ['hex', 'hex', 'hex', 'hex'];
  return [{ kind: 'choice:prctl', slot: 0 }, ...rest.map((kind, i): Shown => ({ kind, slot: i + 1 }))];
}

/** futex(2): operations by the words that follow address and operation, as pairs of slot and kind; `time` is a timeout. */
const FUTEX: Readonly<Record<number, readonly (readonly [slot: number, kind: Kind | 'time'])[]>> = {
  [f.FUTEX_WAIT]: [
    [2, 'uint'],
    [3, 'time'],
  ],
  [f.FUTEX_WAKE]: [[2, 'uint']],
  [f.FUTEX_FD]: [[2, 'uint']],
  [f.FUTEX_REQUEUE]: [
    [2, 'uint'],
    [3, 'uint'],
    [4, 'ptr'],
  ],
  [f.FUTEX_CMP_REQUEUE]: [
    [2, 'uint'],
    [3, 'uint'],
    [4, 'ptr'],
    [5, 'uint'],
  ],
  [f.FUTEX_WAKE_OP]: [
    [2, 'uint'],
    [3, 'uint'],
    [4, 'ptr'],
    [5, 'futexwakeop'],
  ],
  [f.FUTEX_LOCK_PI]: [[3, 'time']],
  [f.FUTEX_LOCK_PI2]: [[3, 'time']],
  [f.FUTEX_UNLOCK_PI]: [],
  [f.FUTEX_TRYLOCK_PI]: [],
  [f.FUTEX_WAIT_BITSET]: [
    [2, 'uint'],
    [3, 'time'],
    [5, 'futexbits'],
  ],
  [f.FUTEX_WAKE_BITSET]: [
    [2, 'uint'],
    [5, 'futexbits'],
  ],
  [f.FUTEX_WAIT_REQUEUE_PI]: [
    [2, 'uint'],
    [3, 'time'],
    [4, 'ptr'],
  ],
  [f.FUTEX_CMP_REQUEUE_PI]: [
    [2, 'uint'],
    [3, 'uint'],
    [4, 'ptr'],
    [5, 'uint'],
  ],
};

/** futex(2): address, operation, and the words of that operation; `kinds` tell the width of its times. */
export function futexShape(operation: number, kinds: readonly Kind[]): Shown[] {
  const time: Kind = kinds.includes('futextime:__kernel_timespec') ? 'in:__kernel_timespec' : 'in:timespec32';
  const rest = FUTEX[operation & ~(f.FUTEX_PRIVATE_FLAG | f.FUTEX_CLOCK_REALTIME)] ?? [
    [2, 'uint'],
    [3, 'ptr'],
    [4, 'ptr'],
    [5, 'hex'],
  ];
  return [
    { kind: 'ptr', slot: 0 },
    { kind: 'futexop', slot: 1 },
    ...rest.map(([slot, kind]): Shown => ({ kind: kind === 'time' ? time : kind, slot })),
  ];
}
