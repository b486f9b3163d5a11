/**
 * Signals of i386 Linux: numbers, default actions, sigaction flags, the codes of siginfo
 * (signal(7), sigaction(2), include/uapi/asm-generic/siginfo.h).
 */

export const SIGHUP = 1;
export const SIGINT = 2;
export const SIGQUIT = 3;
export const SIGILL = 4;
export const SIGTRAP = 5;
export const SIGABRT = 6;
export const SIGBUS = 7;
export const SIGFPE = 8;
export const SIGKILL = 9;
export const SIGUSR1 = 10;
export const SIGSEGV = 11;
export const SIGUSR2 = 12;
export const SIGPIPE = 13;
export const SIGALRM = 14;
export const SIGTERM = 15;
export const SIGSTKFLT = 16;
export const SIGCHLD = 17;
export const SIGCONT = 18;
export const SIGSTOP = 19;
export const SIGTSTP = 20;
export const SIGTTIN = 21;
export const SIGTTOU = 22;
export const SIGURG = 23;
export const SIGXCPU = 24;
export const SIGXFSZ = 25;
export const SIGVTALRM = 26;
export const SIGPROF = 27;
export const SIGWINCH = 28;
export const SIGIO = 29;
export const SIGPWR = 30;
export const SIGSYS = 31;

/** The first real-time signal as the kernel counts (libraries keep some for themselves). */
export const SIGRTMIN = 32;
/** The last signal; signals are 1 to NSIG, bit (n - 1) of a sigset. */
export const NSIG = 64;

/** What the kernel does where the program has no handler (signal(7)). */
export type DefaultAction = 'terminate' | 'core' | 'ignore' | 'stop' | 'continue';

/** One row of the signal table. */
export interface SignalRow {
  readonly name: string;
  readonly action: DefaultAction;
  /** The message of strsignal(3), as shells print it. */
  readonly message: string;
}

/** The classic signals by number. */
export const SIGNALS: Readonly<Record<number, SignalRow>> = {
  [SIGHUP]: { name: 'SIGHUP', action: 'terminate', message: 'Hangup' },
  [SIGINT]: { name: 'SIGINT', action: 'terminate', message: 'Interrupt' },
  [SIGQUIT]: { name: 'SIGQUIT', action: 'core', message: 'Quit' },
  [SIGILL]: { name: 'SIGILL', action: 'core', message: 'Illegal instruction' },
  [SIGTRAP]: { name: 'SIGTRAP', action: 'core', message: 'Trace/breakpoint trap' },
  [SIGABRT]: { name: 'SIGABRT', action: 'core', message: 'Aborted' },
  [SIGBUS]: { name: 'SIGBUS', action: 'core', message: 'Bus error' },
  [SIGFPE]: { name: 'SIGFPE', action: 'core', message: 'Floating point exception' },
  [SIGKILL]: { name: 'SIGKILL', action: 'terminate', message: 'Killed' },
  [SIGUSR1]: { name: 'SIGUSR1', action: 'terminate', message: 'User defined signal 1' },
  [SIGSEGV]: { name: 'SIGSEGV', action: 'core', message: 'Segmentation fault' },
  [SIGUSR2]: { name: 'SIGUSR2', action: 'terminate', message: 'User defined signal 2' },
  [SIGPIPE]: { name: 'SIGPIPE', action: 'terminate', message: 'Broken pipe' },
  [SIGALRM]: { name: 'SIGALRM', action: 'terminate', message: 'Alarm clock' },
  [SIGTERM]: { name: 'SIGTERM', action: 'terminate', message: 'Terminated' },
  [SIGSTKFLT]: { name: 'SIGSTKFLT', action: 'terminate', message: 'Stack fault' },
  [SIGCHLD]: { name: 'SIGCHLD', action: 'ignore', message: 'Child exited' },
  [SIGCONT]: { name: 'SIGCONT', action: 'continue', message: 'Continued' },
  [SIGSTOP]: { name: 'SIGSTOP', action: 'stop', message: 'Stopped (signal)' },
  [SIGTSTP]: { name: 'SIGTSTP', action: 'stop', message: 'Stopped' },
  [SIGTTIN]: { name: 'SIGTTIN', action: 'stop', message: 'Stopped (tty input)' },
  [SIGTTOU]: { name: 'SIGTTOU', action: 'stop', message: 'Stopped (tty output)' },
  [SIGURG]: { name: 'SIGURG', action: 'ignore', message: 'Urgent I/O condition' },
  [SIGXCPU]: { name: 'SIGXCPU', action: 'core', message: 'CPU time limit exceeded' },
  [SIGXFSZ]: { name: 'SIGXFSZ', action: 'core', message: 'File size limit exceeded' },
  [SIGVTALRM]: { name: 'SIGVTALRM', action: 'terminate', message: 'Virtual timer expired' },
  [SIGPROF]: { name: 'SIGPROF', action: 'terminate', message: 'Profiling timer expired' },
  [SIGWINCH]: { name: 'SIGWINCH', action: 'ignore', message: 'Window changed' },
  [SIGIO]: { name: 'SIGIO', action: 'terminate', message: 'I/O possible' },
  [SIGPWR]: { name: 'SIGPWR', action: 'terminate', message: 'Power failure' },
  [SIGSYS]: { name: 'SIGSYS', action: 'core', message: 'Bad system call' },
};

/** The name of signal n as strace prints it: 'SIGTERM', 'SIGRTMIN', 'SIGRT_1'; the number itself where there is no such signal. */
export function signalName(n: number): string {
  const row = SIGNALS[n];
  if (row) return row.name;
  if (n === SIGRTMIN) return 'SIGRTMIN';
  return n > SIGRTMIN && n <= NSIG ? `SIGRT_${n - SIGRTMIN}` : `${n}`;
}

/** What signal n (1 to NSIG) does where no handler is set; real-time signals terminate (signal(7)). */
export function defaultAction(n: number): DefaultAction {
  return SIGNALS[n]?.action ?? 'terminate';
}

// sigaction(2): handlers that are not addresses.
export const SIG_DFL = 0;
export const SIG_IGN = 1;

// sigaction(2): sa_flags.
export const SA_NOCLDSTOP = 0x1;
export const SA_NOCLDWAIT = 0x2;
export const SA_SIGINFO = 0x4;
export const SA_UNSUPPORTED = 0x400;
export const SA_EXPOSE_TAGBITS = 0x800;
export const SA_RESTORER = 0x04000000;
export const SA_ONSTACK = 0x08000000;
export const SA_RESTART = 0x10000000;
export const SA_NODEFER = 0x40000000;
export const SA_RESETHAND = 0x80000000;

// sigprocmask(2).
export const SIG_BLOCK = 0;
export const SIG_UNBLOCK = 1;
export const SIG_SETMASK = 2;

// sigaltstack(2).
export const SS_ONSTACK = 1;
export const SS_DISABLE = 2;
export const SS_AUTODISARM = 0x80000000;
export const MINSIGSTKSZ = 2048;
export const SIGSTKSZ = 8192;

// si_code: where a signal came from. Positive codes come from the kernel.
export const SI_USER = 0;
export const SI_KERNEL = 0x80;
export const SI_QUEUE = -1;
export const SI_TIMER = -2;
export const SI_MESGQ = -3;
export const SI_ASYNCIO = -4;
export const SI_SIGIO = -5;
export const SI_TKILL = -6;

export const ILL_ILLOPC = 1;
export const ILL_ILLOPN = 2;
export const ILL_ILLADR = 3;
export const ILL_ILLTRP = 4;
export const ILL_PRVOPC = 5;
export const ILL_PRVREG = 6;
export const ILL_COPROC = 7;
export const ILL_BADSTK = 8;

export const FPE_INTDIV = 1;
export const FPE_INTOVF = 2;
export const FPE_FLTDIV = 3;
export const FPE_FLTOVF = 4;
export const FPE_FLTUND = 5;
export const FPE_FLTRES = 6;
export const FPE_FLTINV = 7;
export const FPE_FLTSUB = 8;

export const SEGV_MAPERR = 1;
export const SEGV_ACCERR = 2;
export const SEGV_BNDERR = 3;
export const SEGV_PKUERR = 4;

export const BUS_ADRALN = 1;
export const BUS_ADRERR = 2;
export const BUS_OBJERR = 3;

export const TRAP_BRKPT = 1;
export const TRAP_TRACE = 2;
export const TRAP_BRANCH = 3;
export const TRAP_HWBKPT = 4;

export const CLD_EXITED = 1;
export const CLD_KILLED = 2;
export const CLD_DUMPED = 3;
export const CLD_TRAPPED = 4;
export const CLD_STOPPED = 5;
export const CLD_CONTINUED = 6;

export const POLL_IN = 1;
export const POLL_OUT = 2;
export const POLL_MSG = 3;
export const POLL_ERR = 4;
export const POLL_PRI = 5;
export const POLL_HUP = 6;

export const SYS_SECCOMP = 1;

/** Names of the codes that any signal may carry. */
export const SI_CODES: Readonly<Record<number, string>> = {
  [SI_USER]: 'SI_USER',
  [SI_KERNEL]: 'SI_KERNEL',
  [SI_QUEUE]: 'SI_QUEUE',
  [SI_TIMER]: 'SI_TIMER',
  [SI_MESGQ]: 'SI_MESGQ',
  [SI_ASYNCIO]: 'SI_ASYNCIO',
  [SI_SIGIO]: 'SI_SIGIO',
  [SI_TKILL]: 'SI_TKILL',
};

/** Names of the codes that one signal gives its own meaning, index = code - 1. */
export const SI_CODES_OF: Readonly<Record<number, readonly string[]>> = {
  [SIGILL]: [
    'ILL_ILLOPC',
    'ILL_ILLOPN',
    'ILL_ILLADR',
    'ILL_ILLTRP',
    'ILL_PRVOPC',
    'ILL_PRVREG',
    'ILL_COPROC',
    'ILL_BADSTK',
  ],
  [SIGFPE]: [
    'FPE_INTDIV',
    'FPE_INTOVF',
    'FPE_FLTDIV',
    'FPE_FLTOVF',
    'FPE_FLTUND',
    'FPE_FLTRES',
    'FPE_FLTINV',
    'FPE_FLTSUB',
  ],
  [SIGSEGV]: ['SEGV_MAPERR', 'SEGV_ACCERR', 'SEGV_BNDERR', 'SEGV_PKUERR'],
  [SIGBUS]: ['BUS_ADRALN', 'BUS_ADRERR', 'BUS_OBJERR'],
  [SIGTRAP]: ['TRAP_BRKPT', 'TRAP_TRACE', 'TRAP_BRANCH', 'TRAP_HWBKPT'],
  [SIGCHLD]: ['CLD_EXITED', 'CLD_KILLED', 'CLD_DUMPED', 'CLD_TRAPPED', 'CLD_STOPPED', 'CLD_CONTINUED'],
  [SIGIO]: ['POLL_IN', 'POLL_OUT', 'POLL_MSG', 'POLL_ERR', 'POLL_PRI', 'POLL_HUP'],
  [SIGSYS]: ['SYS_SECCOMP'],
};

/** The name of si_code for signal n, e.g. 'SEGV_MAPERR'; the number itself where the pair has no name. */
export function siCodeName(n: number, code: number): string {
  return SI_CODES[code] ?? SI_CODES_OF[n]?.[code - 1] ?? `${code}`;
}
