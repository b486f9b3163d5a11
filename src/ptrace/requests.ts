/**
 * ptrace(2) request by request, as i386 programs make them: the word that PEEK* reads is written to `data`.
 * Requests to a tracee that is not stopped, or is another's, are -ESRCH before they come here.
 */
import { EFAULT, EINVAL, EIO } from '../abi/errno.ts';
import * as f from '../abi/flags.ts';
import { NSIG, SIGKILL } from '../abi/signals.ts';
import { peek, poke } from '../kernel/memory/force.ts';
import type { Kernel } from '../kernel/platform.ts';
import { EAX, EBP, EBX, ECX, EDI, EDX, EIP, ESI, ESP, ORIG_EAX, REGISTERS } from '../kernel/platform.ts';
import { FSAVE_SIZE, FXSAVE_SIZE, fromFpstate, toFpstate } from '../kernel/signals/fpstate.ts';
import { endProcess } from '../kernel/signals/send.ts';
import type { Task } from '../kernel/tasks/task.ts';
import { getThreadArea, setThreadArea } from '../kernel/tasks/tls.ts';
import { CONTINUE, type Going, OPTIONS, type Trace } from './trace.ts';
import { peekUser, pokeUser, register, setRegister } from './user.ts';

/** A request of `caller` to its stopped tracee. */
export type Request = (caller: Task, trace: Trace, address: number, data: number) => number | Kernel<number>;

const SIGINFO_SIZE = 128;
/** struct user_i387_struct. */
const I387_SIZE = 108;
/** FXSAVE: reserved bits of MXCSR are refused. */
const MXCSR_AT = 24;
const MXCSR_MASK = 0xffff;
// Register sets (linux/elf.h).
const NT_PRSTATUS = 1;
const NT_PRFPREG = 2;
const NT_PRXFPREG = 0x46e62b7f;
/** PTRACE_GET_SYSCALL_INFO: AUDIT_ARCH_I386. */
const ARCH_I386 = 0x40000003;
const SYSCALL_INFO_SIZE = 88;

// Registers on their way: a request is over before the next one begins.
const words = new Int32Array(REGISTERS);
const wordBytes = new Uint8Array(words.buffer);
const image = new Uint8Array(FXSAVE_SIZE);
const imageView = new DataView(image.buffer);
const infoWords = new Int32Array(SIGINFO_SIZE / 4);
const infoBytes = new Uint8Array(infoWords.buffer);

export const REQUESTS: Readonly<Record<number, Request>> = {
  [f.PTRACE_PEEKTEXT]: peekWord,
  [f.PTRACE_PEEKDATA]: peekWord,
  [f.PTRACE_PEEKUSR]: (caller, trace, address, data) => {
    const word = peekUser(trace, address);
    return word === undefined ? -EIO : store(caller, data, word);
  },
  [f.PTRACE_POKETEXT]: pokeWord,
  [f.PTRACE_POKEDATA]: pokeWord,
  [f.PTRACE_POKEUSR]: (_caller, trace, address, data) => pokeUser(trace, address, data),
  [f.PTRACE_CONT]: going(CONTINUE),
  [f.PTRACE_SYSCALL]: going({ calls: true, emulate: false, step: false }),
  [f.PTRACE_SINGLESTEP]: going({ calls: false, emulate: false, step: true }),
  [f.PTRACE_SYSEMU]: going({ calls: false, emulate: true, step: false }),
  [f.PTRACE_SYSEMU_SINGLESTEP]: going({ calls: false, emulate: true, step: true }),
  [f.PTRACE_DETACH]: (_caller, trace, _address, data) => {
    if (data >>> 0 > NSIG) return -EIO;
    trace.detach(data);
    return 0;
  },
  [f.PTRACE_GETREGS]: (caller, trace, _address, data) => write(caller, data, registers(trace)),
  [f.PTRACE_SETREGS]: (caller, trace, _address, data) => readRegisters(caller, trace, data),
  [f.PTRACE_GETFPREGS]: (caller, trace, _address, data) => write(caller, data, i387(trace)),
  [f.PTRACE_SETFPREGS]: (caller, trace, _address, data) => setI387(trace, caller.user.bytes(data, I387_SIZE)),
  [f.PTRACE_GETFPXREGS]: (caller, trace, _address, data) => write(caller, data, fxsave(trace)),
  [f.PTRACE_SETFPXREGS]: (caller, trace, _address, data) => readFxsave(caller, trace, data),
  [f.PTRACE_GETREGSET]: getSet,
  [f.PTRACE_SETREGSET]: setSet,
  [f.PTRACE_GET_THREAD_AREA]: (caller, trace, address, data) =>
    address < 0 ? -EIO : getThreadArea(trace.task, data, caller.user, address),
  [f.PTRACE_SET_THREAD_AREA]: (caller, trace, address, data) =>
    address < 0 ? -EIO : setThreadArea(trace.task, data, caller.user, false, address),
  [f.PTRACE_SETOPTIONS]: (_caller, trace, _address, data) => {
    if (data & ~OPTIONS) return -EINVAL;
    trace.options = data;
    return 0;
  },
  [f.PTRACE_GETEVENTMSG]: (caller, trace, _address, data) => store(caller, data, trace.message),
  [f.PTRACE_GETSIGINFO]: (caller, trace, _address, data) => {
    if (!trace.info) return -EINVAL;
    infoWords.set(trace.info);
    return write(caller, data, infoBytes);
  },
  [f.PTRACE_SETSIGINFO]: (caller, trace, _address, data) => {
    const bytes = caller.user.bytes(data, SIGINFO_SIZE);
    if (typeof bytes === 'number') return bytes;
    if (!trace.info) return -EINVAL;
    new Uint8Array(trace.info.buffer).set(bytes);
    return 0;
  },
  [f.PTRACE_PEEKSIGINFO]: peekSignals,
  [f.PTRACE_GETSIGMASK]: (caller, trace, address, data) => {
    if (address !== 8) return -EINVAL;
    const { task } = trace;
    const mask = task.maskSaved ? task.savedMask : task.mask;
    return write(caller, data, new Uint8Array(new Int32Array([mask.lo, mask.hi]).buffer));
  },
  [f.PTRACE_SETSIGMASK]: (caller, trace, address, data) => {
    if (address !== 8) return -EINVAL;
    if (caller.user.readable(data, 8) < 0) return -EFAULT;
    trace.task.block(caller.user.load32(data), caller.user.load32(data + 4));
    return 0;
  },
  [f.PTRACE_GET_SYSCALL_INFO]: callInfo,
  [f.PTRACE_LISTEN]: (_caller, trace) => {
    if (!trace.seized || !trace.info || trace.info[2] >> 8 !== f.PTRACE_EVENT_STOP) return -EIO;
    trace.listening = true;
    return 0;
  },
  [f.PTRACE_KILL]: (_caller, trace) => {
    endProcess(trace.task.process, SIGKILL);
    return 0;
  },
};

function going(how: Going): Request {
  return (_caller, trace, _address, data) => {
    if (data >>> 0 > NSIG) return -EIO;
    trace.resume(how, data);
    return 0;
  };
}

function* peekWord(caller: Task, trace: Trace, address: number, data: number): Kernel<number> {
  const bytes = new Uint8Array(4);
  if (!(yield* peek(trace.task, address, bytes))) return -EIO;
  if ((yield* caller.user.bring(data, 4, true)) < 4) return -EFAULT;
  return caller.user.write(data, bytes);
}

function* pokeWord(_caller: Task, trace: Trace, address: number, data: number): Kernel<number> {
  return (yield* poke(trace.task, address, new Uint8Array(new Int32Array([data]).buffer))) ? 0 : -EIO;
}

function store(caller: Task, address: number, word: number): number {
  if (caller.user.writable(address, 4) < 0) return -EFAULT;
  caller.user.store32(address, word);
  return 0;
}

function write(caller: Task, address: number, bytes: Uint8Array): number {
  return caller.user.write(address, bytes);
}

function registers(trace: Trace): Uint8Array {
  for (let n = 0; n < REGISTERS; n++) words[n] = register(trace, n);
  return wordBytes;
}

function readRegisters(caller: Task, trace: Trace, address: number): number {
  const result = caller.user.read(address, wordBytes);
  return result < 0 ? result : setRegisters(trace, wordBytes);
}

function setRegisters(trace: Trace, bytes: Uint8Array): number {
  if (bytes !== wordBytes) wordBytes.set(bytes);
  for (let n = 0; n < REGISTERS; n++) {
    const result = setRegister(trace, n, words[n]);
    if (result < 0) return result;
  }
  return 0;
}

function fxsave(trace: Trace): Uint8Array {
  const { task } = trace;
  task.system.platform.saveFpu(task.context);
  return task.context.fpu;
}

function i387(trace: Trace): Uint8Array {
  return toFpstate(fxsave(trace)).subarray(0, I387_SIZE);
}

function setI387(trace: Trace, bytes: Uint8Array | number): number {
  if (typeof bytes === 'number') return bytes;
  const { context, system } = trace.task;
  const image = toFpstate(fxsave(trace));
  image.set(bytes);
  image.set(context.fpu.subarray(0, FXSAVE_SIZE), FSAVE_SIZE);
  fromFpstate(image, context.fpu);
  system.platform.loadFpu(context);
  return 0;
}

function readFxsave(caller: Task, trace: Trace, address: number): number {
  const result = caller.user.read(address, image);
  return result < 0 ? result : setFxsave(trace, image);
}

function setFxsave(trace: Trace, bytes: Uint8Array): number {
  const { context, system } = trace.task;
  if (bytes !== image) image.set(bytes);
  if (imageView.getUint32(MXCSR_AT, true) & ~MXCSR_MASK) return -EINVAL;
  const before = fxsave(trace);
  // The mask of MXCSR stays.
  for (let n = MXCSR_AT + 4; n < MXCSR_AT + 8; n++) image[n] = before[n];
  context.fpu.set(image);
  system.platform.loadFpu(context);
  return 0;
}

/** Register sets by note type: how they are read and written whole. */
const SETS: Readonly<
  Record<
    number,
    { readonly get: (trace: Trace) => Uint8Array; readonly set: (trace: Trace, bytes: Uint8Array) => number }
  >
> = {
  [NT_PRSTATUS]: { get: registers, set: setRegisters },
  [NT_PRFPREG]: { get: i387, set: setI387 },
  [NT_PRXFPREG]: { get: fxsave, set: setFxsave },
};

function getSet(caller: Task, trace: Trace, type: number, vector: number): number {
  const set = SETS[type];
  const { user } = caller;
  if (user.readable(vector, 8) < 0 || user.writable(vector + 4, 4) < 0) return -EFAULT;
  if (!set) return -EINVAL;
  const bytes = set.get(trace);
  const length = Math.min(user.load32(vector + 4) >>> 0, bytes.length);
  if (length & 3) return -EINVAL;
  const result = user.write(user.load32(vector), bytes.subarray(0, length));
  if (result < 0) return result;
  user.store32(vector + 4, length);
  return 0;
}

function setSet(caller: Task, trace: Trace, type: number, vector: number): number {
  const set = SETS[type];
  const { user } = caller;
  if (user.readable(vector, 8) < 0 || user.writable(vector + 4, 4) < 0) return -EFAULT;
  if (!set) return -EINVAL;
  const whole = set.get(trace).slice();
  const length = Math.min(user.load32(vector + 4) >>> 0, whole.length);
  if (length & 3) return -EINVAL;
  const bytes = user.bytes(user.load32(vector), length);
  if (typeof bytes === 'number') return bytes;
  whole.set(bytes);
  const result = set.set(trace, whole);
  if (result < 0) return result;
  user.store32(vector + 4, length);
  return 0;
}

/** PTRACE_PEEKSIGINFO: pending signals of the thread or (flag 1) of its process, from `off` on. */
function peekSignals(caller: Task, trace: Trace, address: number, data: number): number {
  const { user } = caller;
  if (user.readable(address, 16) < 0) return -EFAULT;
  const offset = user.load32(address);
  const flags = user.load32(address + 8);
  const count = user.load32(address + 12);
  if (flags & ~1 || count < 0 || user.load32(address + 4) !== 0) return -EINVAL;
  const { task } = trace;
  const queued = (flags & 1 ? task.process.pending : task.pending).list();
  let copied = 0;
  for (; copied < count && offset + copied < queued.length; copied++) {
    const bytes = new Uint8Array(queued[offset + copied].buffer);
    const result = user.write(data + copied * SIGINFO_SIZE, bytes);
    if (result < 0) return copied > 0 ? copied : result;
  }
  return copied;
}

/** PTRACE_GET_SYSCALL_INFO: which end of which call the tracee is at. Returns the size of what there is to say. */
function callInfo(caller: Task, trace: Trace, size: number, data: number): number {
  const info = new Uint8Array(SYSCALL_INFO_SIZE);
  const view = new DataView(info.buffer);
  const { regs } = trace.task.context;
  const end = trace.callEnd;
  view.setUint8(0, end);
  view.setUint32(4, ARCH_I386, true);
  view.setUint32(8, regs[EIP] >>> 0, true);
  view.setUint32(16, regs[ESP] >>> 0, true);
  let length = 24;
  if (end === 1) {
    view.setUint32(24, regs[ORIG_EAX] >>> 0, true);
    for (const [n, index] of [EBX, ECX, EDX, ESI, EDI, EBP].entries()) {
      view.setUint32(32 + n * 8, regs[index] >>> 0, true);
    }
    length = 80;
  } else if (end === 2) {
    view.setBigInt64(24, BigInt(regs[EAX]), true);
    view.setUint8(32, regs[EAX] < 0 && regs[EAX] >= -4095 ? 1 : 0);
    length = 33;
  }
  const result = write(caller, data, info.subarray(0, Math.min(length, size >>> 0)));
  return result < 0 ? result : length;
}
