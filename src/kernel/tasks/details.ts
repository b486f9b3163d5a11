import { EIO } from '../../abi/errno.ts';
import { peek, poke } from '../memory/force.ts';
import { PAGE } from '../memory/frames.ts';
import type { Kernel } from '../platform.ts';
import { EIP, ESP } from '../platform.ts';
import type { TaskDetails } from '../services.ts';
import type { Process } from './process.ts';
import type { Task } from './task.ts';

/** What /proc tells of a process, or of one thread of it. */
export function detailsOf(process: Process, thread: Task | undefined): TaskDetails {
  const task = thread ?? process.leader;
  const memory = task?.memory;
  const { usage, childUsage, exitSignal, personality } = process;
  return {
    tracer: task?.hook?.tracerPid ?? 0,
    faults: usage.minorFaults,
    childFaults: childUsage.minorFaults,
    childUserTime: childUsage.userTime,
    childSystemTime: childUsage.systemTime,
    voluntarySwitches: task?.usage.voluntarySwitches ?? 0,
    involuntarySwitches: task?.usage.involuntarySwitches ?? 0,
    exitSignal,
    personality,
    image: memory?.image ?? [0, 0, 0, 0],
    bounds: memory
      ? [memory.stackTop, memory.heapStart, memory.argStart, memory.argEnd, memory.envStart, memory.envEnd]
      : [0, 0, 0, 0, 0, 0],
    auxiliary: memory?.auxiliary ?? new Uint8Array(0),
    call: task?.state === 'asleep' ? callOf(task) : undefined,
  };
}

function callOf({ call, args, context }: Task): TaskDetails['call'] {
  const { regs } = context;
  return { number: call, args: [...args].map((word) => word >>> 0), esp: regs[ESP] >>> 0, eip: regs[EIP] >>> 0 };
}

/** Moves bytes from or to a task's memory page by page: how many, or -EIO when not even the first is there. */
export function* moveForeign(task: Task, address: number, bytes: Uint8Array, write: boolean): Kernel<number> {
  let done = 0;
  while (done < bytes.length) {
    const at = address + done;
    const piece = bytes.subarray(done, done + Math.min(bytes.length - done, PAGE - (at % PAGE)));
    const moved = write ? yield* poke(task, at, piece) : yield* peek(task, at, piece);
    if (!moved) break;
    done += piece.length;
  }
  return done === 0 && bytes.length > 0 ? -EIO : done;
}
