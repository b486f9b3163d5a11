import { EFAULT, EINVAL, ENOSYS } from '../../abi/errno.ts';
import * as I from '../../abi/ipc.ts';
import type { Row } from '../call.ts';
import type { Kernel } from '../platform.ts';
import type { Task } from '../tasks/task.ts';
import { readTimespec32 } from '../time/spec.ts';
import { row } from './caller.ts';
import { fetch, multiplexedCommand } from './ipc-arguments.ts';
import { msgctl, msgget, msgrcv, msgsnd } from './ipc-message.ts';
import { semctl, semget, semop, semtimedop } from './ipc-semaphore.ts';
import { shmat, shmctl, shmdt, shmget } from './ipc-shared.ts';

/** ipc(2): the call in the low half of the first argument, a version of its interface in the high half. */
function ipc(task: Task): number | Kernel<number> {
  const [call, first, second, third, pointer, fifth] = task.args;
  const version = call >>> 16;
  switch (call & 0xffff) {
    case I.SEMOP:
      return semop(task, first, pointer, second, Number.POSITIVE_INFINITY);
    case I.SEMTIMEDOP:
      return semtimedop(task, first, pointer, second, fifth, readTimespec32);
    case I.SEMGET:
      return semget(task, first, second, third);
    case I.SEMCTL:
      if (pointer === 0) return -EINVAL;
      if (task.user.readable(pointer, 4) < 0) return -EFAULT;
      return semctl(task, first, second, multiplexedCommand(third), task.user.load32(pointer));
    case I.MSGSND:
      return msgsnd(task, first, pointer, second, third);
    case I.MSGRCV:
      return receive(task, version);
    case I.MSGGET:
      return msgget(task, first, second);
    case I.MSGCTL:
      return msgctl(task, first, multiplexedCommand(second), pointer);
    case I.SHMAT: {
      if (version === 1) return -EINVAL;
      const address = shmat(task, first, pointer, second);
      if (address < 0) return address;
      return task.user.write(third, Uint8Array.of(address, address >>> 8, address >>> 16, address >>> 24));
    }
    case I.SHMDT:
      return shmdt(task, pointer);
    case I.SHMGET:
      return shmget(task, first, second, third);
    case I.SHMCTL:
      return shmctl(task, first, multiplexedCommand(second), pointer);
    default:
      return -ENOSYS;
  }
}

/** Version 0 of msgrcv passes address and type through a structure. */
function receive(task: Task, version: number): number | Kernel<number> {
  const [, first, second, third, pointer, fifth] = task.args;
  if (first < 0 || second < 0) return -EINVAL;
  if (version !== 0) return msgrcv(task, first, pointer, second, fifth, third);
  if (pointer === 0) return -EINVAL;
  const both = fetch(task, pointer, I.IPC_KLUDGE);
  if (typeof both === 'number') return both;
  return msgrcv(task, first, both.msgp, second, both.msgtyp | 0, third);
}

/** The old entrance to all of System V IPC. */
export const ipcCalls: readonly Row[] = [row(117, 'ipc', ipc)];
