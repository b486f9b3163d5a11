/** How the code of a guest kernel is entered, and how its calls become real traps. */
import type { Kernel, Wait } from '../kernel/platform.ts';
import { Burst } from './burst.ts';
import { Call } from './call.ts';
import { AFTER_SIGNAL, DATA, GATE, GATE_LIST, LEAVE, TRAP, TRAP_CLONE, TRAP_SIX, TRAP_SPLIT } from './image.ts';
import { PAGE_SIGNALS } from './kernel-page.ts';
import { type GuestParts, life } from './life.ts';
import { EAX, EBP, EBX, ECX, EDI, EDX, ESI, ESP, type Processor } from './processor.ts';

export type { GuestParts } from './life.ts';

/** A step of the native routine: the offset in the image at which it goes on. */
type Steps<T = void> = Generator<number, T, void>;

const ARGUMENTS = [EBX, ECX, EDX, ESI, EDI, EBP] as const;
/** How a call that makes a process is trapped. */
const CLONES = { leaves: TRAP_CLONE, lists: TRAP_SPLIT } as const;
const PAGE = 4096;

/** The stub `start`: what the guest kernel does from then on. `code` is the address of the code page. */
export function start(
  processor: Processor,
  code: number,
  parts: GuestParts,
): { home: number; readonly steps: Steps<number> } {
  const work = { home: (code + DATA) | 0, steps: undefined as unknown as Steps<number> };
  const kernel = life(processor, code, parts, (home) => {
    work.home = home;
  });
  work.steps = steps(processor, code, kernel);
  return work;
}

/** The stub `signal`: takes note of the signal that its handler was called for, in the page that is the stack. */
export function signal(processor: Processor): number {
  const stack = processor.get(ESP);
  const at = ((stack & ~(PAGE - 1)) + PAGE_SIGNALS) | 0;
  const number = processor.load32((stack + 4) | 0);
  processor.store32(at, processor.load32(at) | (1 << number));
  return AFTER_SIGNAL;
}

/** Makes every call that the kernel yields a real trap. */
function* steps(processor: Processor, code: number, kernel: Kernel<void>): Steps<number> {
  for (let step = kernel.next(); !step.done; step = kernel.next()) {
    if (step.value instanceof Burst) {
      const { kernelPage } = step.value;
      processor.set(EDI, kernelPage);
      processor.set(ESI, (code + GATE + GATE_LIST) | 0);
      yield LEAVE;
      processor.set(ESP, (kernelPage + PAGE) | 0);
      continue;
    }
    const call = callOf(step.value);
    processor.set(EAX, call.number);
    for (let n = 0; n < 5; n++) processor.set(ARGUMENTS[n], call.args[n]);
    if (call.six) yield* withSixth(processor, call.args[5]);
    else yield call.clones ? CLONES[call.clones] : TRAP;
    call.result = processor.get(EAX);
  }
  throw new Error('guest: the kernel came to an end without exit_group');
}

/** A trap of a call whose sixth argument goes by the stack into EBP, where the others leave the handle. */
function* withSixth(processor: Processor, sixth: number): Steps {
  const stack = (processor.get(ESP) - 4) | 0;
  processor.set(ESP, stack);
  processor.store32(stack, sixth);
  yield TRAP_SIX;
  processor.set(ESP, (stack + 4) | 0);
}

function callOf(wait: Wait): Call {
  if (wait instanceof Call) return wait;
  throw new Error(`guest: the kernel waits for ${wait.kind} and not for the kernel below`);
}
