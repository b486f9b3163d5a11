import { MSGMAX, MSGMNB } from '../../abi/ipc.ts';
import type { Pool } from '../memory/pool.ts';
import { MessageQueues } from './message.ts';
import { Semaphores } from './semaphore.ts';
import { Segments } from './shared.ts';

/** System V IPC of one kernel. */
export class Ipc {
  readonly semaphores = new Semaphores();
  readonly queues = new MessageQueues();
  readonly segments: Segments;
  /** kernel.msgmax and kernel.msgmnb. */
  messageMax = MSGMAX;
  queueMax = MSGMNB;
  /** Seconds since 1970. */
  readonly now: () => number;

  constructor(pool: Pool, now: () => number, pid: () => number) {
    this.now = now;
    this.segments = new Segments(pool, now, pid);
  }
}
