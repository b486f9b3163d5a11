import { errnoMessage, errnoName, isError, MAX_ERRNO } from '../../abi/errno.ts';
import * as f from '../../abi/flags.ts';
import { CHOICES, FLAG_SETS } from '../../abi/flagsets.ts';
import { signalName } from '../../abi/signals.ts';
import type { Moment } from './arguments.ts';
import { fdsetText, readyText } from './buffers.ts';
import { word } from './memory.ts';
import type { Shape } from './shape.ts';
import { sigset } from './signals.ts';
import { STRUCTS } from './structs.ts';
import { choiceText, flagsText, hex, octal, timeText } from './text.ts';

/** Kernel-internal results that mean "again": no program sees them (include/linux/errno.h). */
const RESTARTS = new Set([512, 513, 514, 516]);

type After = Moment & { readonly result: number };

function fcntlResult(result: number, command: number): string {
  if (command === f.F_GETFD) return result === 0 ? '0' : `${hex(result)} (flags ${flagsText(FLAG_SETS.fd, result)})`;
  if (command === f.F_GETFL) return `${hex(result)} (flags ${flagsText(FLAG_SETS.open, result)})`;
  return `${result}`;
}

/** What select(2) found: the sets that are not empty, and the time left. */
function selectResult({ args, user, result }: After): string {
  if (result === 0) return '0 (Timeout)';
  const sets = (['in', 'out', 'except'] as const).flatMap((name, i) => {
    const text = args[i + 1] === 0 ? '[]' : fdsetText(user, args[i + 1], args[0]);
    return text === '[]' ? [] : [`${name} ${text}`];
  });
  const time = args[4] === 0 ? null : user(args[4] >>> 0, 8);
  const left =
    time?.length === 8
      ? [`left ${STRUCTS.timeval32.print(new DataView(time.buffer, time.byteOffset, time.byteLength))}`]
      : [];
  const all = [...sets, ...left];
  return all.length === 0 ? `${result}` : `${result} (${all.join(', ')})`;
}

/** Calls whose result says more than its kind. */
const BY_NAME: Readonly<Record<string, (after: After) => string>> = {
  select: selectResult,
  _newselect: selectResult,
  poll: ({ args, user, result }) => (result === 0 ? '0 (Timeout)' : `${result} (${readyText(user, args[0], args[1])})`),
  set_thread_area: ({ args, user, result }) => {
    const entry = word(user, args[0]);
    return entry === null ? `${result}` : `${result} (entry_number=${entry})`;
  },
};

function success(shape: Shape, after: After): string {
  const { result } = after;
  const special = BY_NAME[shape.name === 'ppoll' || shape.name === 'ppoll_time64' ? 'poll' : shape.name];
  if (special) return special(after);
  switch (shape.result) {
    case 'none':
      return '?';
    case 'ptr':
    case 'hex':
      return hex(result);
    case 'uid':
      return `${result >>> 0}`;
    case 'mode':
      return octal(result);
    case 'time':
      return `${result} (${timeText(result)})`;
    case 'signal':
      return result === 0 ? '0' : `${result} (${signalName(result)})`;
    case 'handler':
      return `${hex(result)} (${result === 0 ? 'SIG_DFL' : result === 1 ? 'SIG_IGN' : hex(result)})`;
    case 'oldsigset':
      return `${hex(result)} (old mask ${sigset(result, 0, 32)})`;
    case 'sched':
      return `${result} (${choiceText(CHOICES.sched, result)})`;
    case 'personality':
      return `${hex(result)} (${flagsText(FLAG_SETS.personality, result)})`;
    case 'fcntl':
      return fcntlResult(result, after.args[1]);
    default:
      return `${result}`;
  }
}

/** The result of a call as strace prints it behind the '='. */
export function resultText(shape: Shape, after: After): string {
  const { result } = after;
  if (!isError(result) || -result > MAX_ERRNO) return success(shape, after);
  const name = `${errnoName(-result)} (${errnoMessage(-result)})`;
  return RESTARTS.has(-result) ? `? ${name}` : `-1 ${name}`;
}
