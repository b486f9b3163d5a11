/** How a process that was started becomes the one that carries the guest kernel. */
import * as f from '../abi/flags.ts';
import {
  SIG_IGN,
  SIGALRM,
  SIGHUP,
  SIGINT,
  SIGIO,
  SIGPIPE,
  SIGQUIT,
  SIGTERM,
  SIGTSTP,
  SIGWINCH,
} from '../abi/signals.ts';
import type { Kernel } from '../kernel/platform.ts';
import { AT_STRUCT, Below, FIRST_FRAME } from './below.ts';
import { Call, syscallNumber } from './call.ts';
import { Carrier } from './carrier.ts';
import { DATA, SIGNAL_HANDLER, SIGNAL_RESTORER } from './image.ts';
import { GuestMemory } from './memory.ts';
import { BLOCK, PREFERRED } from './memory-file.ts';
import { CARRIED } from './options.ts';
import { ESP, type Processor } from './processor.ts';
import type { Started } from './start.ts';
import type { Tower } from './tower.ts';

const CALL = {
  madvise: syscallNumber('madvise'),
  mmap: syscallNumber('mmap2'),
  sigaction: syscallNumber('rt_sigaction'),
} as const;
const SA_RESTORER = 0x04000000;
/** Signals that a guest kernel passes on, or acts on itself. */
export const NOTICED = [SIGALRM, SIGIO, SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGTSTP];
const PAGE = 4096;

/** Carries the kernel of a tower, whose memory is `file`, to its end. */
export function* carry(
  processor: Processor,
  code: number,
  started: Started,
  file: number,
  tower: Tower,
): Kernel<never> {
  const call = new Call();
  // It is to keep the page that is its home: the kernel begins as a copy of this process.
  yield* call.make(CALL.madvise, (code + DATA) | 0, PAGE, f.MADV_DONTFORK);
  const rights = f.PROT_READ | f.PROT_WRITE;
  const size = FIRST_FRAME * PAGE;
  const own = yield* call.make(CALL.mmap, 0, size, rights, f.MAP_PRIVATE | f.MAP_ANONYMOUS | f.MAP_POPULATE, -1);
  // All of the first block, so that its pages come as one block of the kernel below and not singly.
  const page = yield* call.make(CALL.mmap, PREFERRED, BLOCK, rights, f.MAP_SHARED | f.MAP_POPULATE, file);
  const below = new Below(new GuestMemory(processor, own, size));
  // Signals are noted in the page that is the stack.
  processor.set(ESP, (code + DATA + PAGE) | 0);
  yield* noticeSignals(below, code);
  const carrier = new Carrier({
    below,
    processor,
    started,
    code,
    page: new GuestMemory(processor, page, PAGE),
    option: `${CARRIED}=${file}`,
    tower: tower.name,
  });
  return yield* tower.delivery.carry!(carrier);
}

/** Has the kernel below tell of the signals that a guest kernel acts on. */
export function* noticeSignals(below: Below, code: number): Kernel<void> {
  for (const number of NOTICED)
    yield* setHandler(below, number, (code + SIGNAL_HANDLER) | 0, (code + SIGNAL_RESTORER) | 0);
  yield* setHandler(below, SIGPIPE, SIG_IGN, 0);
}

function* setHandler(below: Below, signal: number, handler: number, restorer: number): Kernel<void> {
  const { call, memory } = below;
  for (const [n, word] of [handler, restorer ? SA_RESTORER : 0, restorer, 0, 0].entries()) {
    memory.store32(AT_STRUCT + n * 4, word);
  }
  yield* call.make(CALL.sigaction, signal, below.at(AT_STRUCT), 0, 8);
}
