/** System calls in few words, for lines of 80 columns. */
import * as f from '../../abi/flags.ts';
import {
  PAGETABLES,
  PAGETABLES_CALL,
  PAGETABLES_CALL_WORDS,
  PAGETABLES_CREATE,
  PAGETABLES_DROP,
  PAGETABLES_SWITCH,
} from '../../abi/pagetables.ts';
import { signalName } from '../../abi/signals.ts';
import { syscallName, syscallNamed } from '../../abi/syscalls.ts';
import type { UserReader } from '../../kernel/platform.ts';
import { beginCall, endCall } from '../strace/call.ts';
import { word } from '../strace/memory.ts';
import type { Asked } from './step.ts';

const PTRACE = syscallNamed('ptrace')!.number;
const WAIT4 = syscallNamed('wait4')!.number;
const CALL_STOP = 0x85;
const ORIG_EAX_OFFSET = 44;

/** What a request of ptrace does, for who has not met it: by the name that a line shows. */
interface Request {
  readonly name: string;
  readonly meaning: string;
}

const REQUESTS: Readonly<Record<number, Request>> = {
  [f.PTRACE_TRACEME]: { name: 'TRACEME', meaning: 'lets its parent trace it' },
  [f.PTRACE_PEEKTEXT]: { name: 'PEEKTEXT', meaning: 'reads a word of its memory' },
  [f.PTRACE_PEEKDATA]: { name: 'PEEKDATA', meaning: 'reads a word of its memory' },
  [f.PTRACE_PEEKUSR]: { name: 'PEEKUSER', meaning: 'reads one of its registers' },
  [f.PTRACE_POKETEXT]: { name: 'POKETEXT', meaning: 'writes a word of its memory' },
  [f.PTRACE_POKEDATA]: { name: 'POKEDATA', meaning: 'writes a word of its memory' },
  [f.PTRACE_POKEUSR]: { name: 'POKEUSER', meaning: 'writes one of its registers; ORIG_EAX is the number of its call' },
  [f.PTRACE_CONT]: { name: 'CONT', meaning: 'lets it go on, with a signal if one is named' },
  [f.PTRACE_KILL]: { name: 'KILL', meaning: 'ends it' },
  [f.PTRACE_SINGLESTEP]: { name: 'SINGLESTEP', meaning: 'lets it go on for one instruction' },
  [f.PTRACE_GETREGS]: { name: 'GETREGS', meaning: 'reads its general registers' },
  [f.PTRACE_SETREGS]: { name: 'SETREGS', meaning: 'writes its general registers' },
  [f.PTRACE_GETFPREGS]: { name: 'GETFPREGS', meaning: 'reads its floating-point registers' },
  [f.PTRACE_SETFPREGS]: { name: 'SETFPREGS', meaning: 'writes its floating-point registers' },
  [f.PTRACE_GETFPXREGS]: { name: 'GETFPXREGS', meaning: 'reads its floating-point and SSE registers' },
  [f.PTRACE_SETFPXREGS]: { name: 'SETFPXREGS', meaning: 'writes its floating-point and SSE registers' },
  [f.PTRACE_ATTACH]: { name: 'ATTACH', meaning: 'begins to trace it' },
  [f.PTRACE_DETACH]: { name: 'DETACH', meaning: 'traces it no longer' },
  [f.PTRACE_SYSCALL]: { name: 'SYSCALL', meaning: 'lets it go on to the next end (entry or exit) of a call' },
  [f.PTRACE_SYSEMU]: { name: 'SYSEMU', meaning: 'lets it go on to its next call, which is not made' },
  [f.PTRACE_SYSEMU_SINGLESTEP]: { name: 'SYSEMU_SINGLESTEP', meaning: 'SYSEMU, one instruction' },
  [f.PTRACE_SET_THREAD_AREA]: { name: 'SET_THREAD_AREA', meaning: 'writes one of its TLS descriptors' },
  [f.PTRACE_SETOPTIONS]: { name: 'SETOPTIONS', meaning: 'says which of its events are to be reported, and how' },
  [f.PTRACE_GETSIGINFO]: { name: 'GETSIGINFO', meaning: 'reads why it stopped' },
  [f.PTRACE_GETEVENTMSG]: { name: 'GETEVENTMSG', meaning: 'reads a detail of the event it stopped for' },
  [f.PTRACE_SEIZE]: { name: 'SEIZE', meaning: 'begins to trace it without stopping it' },
};

/** Operations of pagetables(). */
const OPERATIONS: Readonly<Record<number, string>> = {
  [PAGETABLES_CREATE]: 'CREATE',
  [PAGETABLES_CALL]: 'CALL',
  [PAGETABLES_SWITCH]: 'SWITCH',
  [PAGETABLES_DROP]: 'DROP',
};

/** Prefixes of constants that say nothing beside the name of the call. */
const PREFIXES = /\b(PROT|MAP|PTRACE|CLONE|SIG(?=_))_(?=[A-Z])/g;

/** Whether a call is ptrace(2). */
export function isPtrace({ number }: Asked): boolean {
  return number === PTRACE;
}

/** The name of a call with which processes are traced, as `askedWords` shows it, and its meaning. */
export function requestOf(asked: Asked): Request | undefined {
  if (asked.number === WAIT4) return { name: 'wait4', meaning: 'waits for a process to stop or to end' };
  return isPtrace(asked) ? REQUESTS[asked.args[0]] : undefined;
}

/** A call that somebody asks for: 'ptrace(GETREGS, 3)', 'wait4(3)', 'open("/etc/passwd", O_RDONLY)'. */
export function askedWords(asked: Asked): string {
  const { number, args } = asked;
  if (number === WAIT4) return `wait4(${args[0]})`;
  const request = isPtrace(asked) ? REQUESTS[args[0]] : undefined;
  if (!request) return asked.text.replace(PREFIXES, '');
  const words = [request.name, String(args[1])];
  if (args[0] === f.PTRACE_POKEUSR && args[2] === ORIG_EAX_OFFSET) words.push('ORIG_EAX', syscallName(args[3]));
  else if (args[0] === f.PTRACE_CONT && args[3] !== 0) words.push(signalName(args[3]));
  return `ptrace(${words.join(', ')})`;
}

/** A call as strace prints it at its entry; of a page table's calls which one it is, and in which table. */
export function callWords(number: number, args: readonly number[], user: UserReader): string {
  if (number === PAGETABLES && OPERATIONS[args[0]]) return `pagetables(${tableWords(args, user)})`;
  const { text, next, shape } = beginCall(number, args, user);
  return next < shape.shown.length ? `${text}...)` : `${text})`;
}

function tableWords([operation, a, b]: readonly number[], user: UserReader): string {
  const name = OPERATIONS[operation];
  if (operation === PAGETABLES_CREATE) return a === 0 && b === 0 ? `${name}, nothing` : `${name}, ${hex(a)}, ${hex(b)}`;
  const inner = operation === PAGETABLES_CALL ? innerCall(b, user) : undefined;
  return inner ? `${name}, ${a}: ${callWords(inner.number, inner.args, user)}` : `${name}, ${a}`;
}

/** The call that CALL is to make in another table. */
function innerCall(at: number, user: UserReader): { readonly number: number; readonly args: number[] } | undefined {
  const words = Array.from({ length: PAGETABLES_CALL_WORDS }, (_, n) => word(user, (at + n * 4) | 0));
  if (words.includes(null)) return undefined;
  const [number, ...args] = words as number[];
  return { number, args };
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}

/** The result of a call as strace prints it; of wait4 what it tells: '3: it stopped at a call'. */
export function resultWords(number: number, args: ArrayLike<number>, result: number, user: UserReader): string {
  const inner = number === PAGETABLES && args[0] === PAGETABLES_CALL ? innerCall(args[2], user) : undefined;
  if (inner) return resultWords(inner.number, inner.args, result, user);
  const text = endCall(beginCall(number, args, user), result, user).result;
  const status = number === WAIT4 && /^[1-9]/.test(text) ? word(user, args[1]) : null;
  return status === null ? text : `${text}: ${statusWords(status)}`;
}

function statusWords(status: number): string {
  if ((status & 0xff) !== 0x7f)
    return (status & 0x7f) === 0 ? 'it has exited' : `${signalName(status & 0x7f)} ended it`;
  const signal = (status >> 8) & 0xff;
  if (signal === CALL_STOP) return 'it stopped at a call';
  return `it stopped, ${signalName(signal)}`;
}
