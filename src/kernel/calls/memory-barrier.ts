import { EINVAL, EPERM } from '../../abi/errno.ts';
import type { Row } from '../call.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';

// membarrier(2)
const QUERY = 0;
const GLOBAL = 1;
const GLOBAL_EXPEDITED = 2;
const REGISTER_GLOBAL_EXPEDITED = 4;
const PRIVATE_EXPEDITED = 8;
const REGISTER_PRIVATE_EXPEDITED = 16;
const PRIVATE_EXPEDITED_SYNC_CORE = 32;
const REGISTER_PRIVATE_EXPEDITED_SYNC_CORE = 64;
const GET_REGISTRATIONS = 512;

const REGISTRATIONS = REGISTER_GLOBAL_EXPEDITED | REGISTER_PRIVATE_EXPEDITED | REGISTER_PRIVATE_EXPEDITED_SYNC_CORE;
/** Commands, by the registration that they need. */
const NEEDS: ReadonlyMap<number, number> = new Map([
  [GLOBAL, 0],
  [GLOBAL_EXPEDITED, 0],
  [PRIVATE_EXPEDITED, REGISTER_PRIVATE_EXPEDITED],
  [PRIVATE_EXPEDITED_SYNC_CORE, REGISTER_PRIVATE_EXPEDITED_SYNC_CORE],
]);
const COMMANDS = [...NEEDS.keys()].reduce((all, command) => all | command, REGISTRATIONS | GET_REGISTRATIONS);

/** membarrier(2): one processor runs one thread at a time, so every barrier has happened. */
function membarrier(task: Task): number {
  const [command, flags] = task.args;
  const { memory } = task;
  if (flags !== 0) return -EINVAL;
  if (command === QUERY) return COMMANDS;
  if (command === GET_REGISTRATIONS) return memory.barriers;
  if (command & REGISTRATIONS && (command & (command - 1)) === 0) {
    memory.barriers |= command;
    return 0;
  }
  const needed = NEEDS.get(command);
  if (needed === undefined) return -EINVAL;
  return needed === 0 || memory.barriers & needed ? 0 : -EPERM;
}

/** Memory barriers. */
export const memoryBarrierCalls: readonly Row[] = [
  row(375, 'membarrier', membarrier, 'the commands for rseq are refused, as there is no rseq'),
];
