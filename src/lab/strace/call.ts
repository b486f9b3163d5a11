import type { UserReader } from '../../kernel/platform.ts';
import { argumentText, isOut, type Moment } from './arguments.ts';
import { word } from './memory.ts';
import { resultText } from './results.ts';
import { type Shape, type Shown, shapeOf } from './shape.ts';

/** A call that has begun: its shape, the text so far, and which argument comes next. */
export interface Begun {
  readonly shape: Shape;
  /** 'read(3, ': name, parenthesis, and every argument that is known before the call returns. */
  readonly text: string;
  readonly next: number;
  /** Some memory could not be read yet (a page that the call itself brings in): print again at the end. */
  readonly unread: boolean;
  /** Words behind pointers that the call reads and writes, by slot, as they were before. */
  readonly before: ReadonlyMap<number, number>;
}

/** Calls after whose success the caller's memory is another's. */
const REPLACES = new Set(['execve', 'execveat']);
/** Kinds that look into memory and show the address where they cannot. */
const LOOKS = /^(path|string|argv|envp|cloneargs|(in|bytes|iov|pollfds|fdset|sockaddr|sockval):.*)$/;

function one({ kind, slot, label }: Shown, moment: Moment): string {
  return `${label ?? ''}${argumentText(kind, slot, moment)}`;
}

function head(shape: Shape, next: number, moment: Moment): { readonly text: string; readonly unread: boolean } {
  const shown = shape.shown.slice(0, next);
  const texts = shown.map((argument) => one(argument, moment));
  const unread = shown.some(({ kind }, i) => LOOKS.test(kind) && texts[i].startsWith('0x'));
  const comma = next > 0 && next < shape.shown.length ? ', ' : '';
  return { text: `${shape.name}(${texts.join(', ')}${comma}`, unread };
}

/** A call as far as it can be printed at its entry: up to the first argument that the call itself fills in. */
export function beginCall(number: number, args: ArrayLike<number>, user: UserReader): Begun {
  const shape = shapeOf(number, Int32Array.from(args), user);
  const first = shape.shown.findIndex(({ kind }) => isOut(kind));
  const next = first < 0 ? shape.shown.length : first;
  const before = new Map<number, number>();
  for (const { kind, slot } of shape.shown) {
    const value = kind === 'inout:int' ? word(user, shape.args[slot]) : null;
    if (value !== null) before.set(slot, value);
  }
  return { shape, next, before, ...head(shape, next, { args: shape.args, user, result: null }) };
}

/** The end of a call: its text from the name (`whole`), its part that was missing at the entry (`rest`), its result. */
export interface Ended {
  readonly whole: string;
  readonly rest: string;
  readonly result: string;
}

/** The rest of a call that returned `result`: the other arguments with the closing parenthesis, and the result. */
export function endCall(begun: Begun, result: number, user: UserReader): Ended {
  const { shape, next } = begun;
  const moment = { args: shape.args, user, result, before: begun.before };
  const again = begun.unread && !REPLACES.has(shape.name);
  const text = again ? head(shape, next, { ...moment, result: null }).text : begun.text;
  const rest = `${shape.shown
    .slice(next)
    .map((argument) => one(argument, moment))
    .join(', ')})`;
  return { whole: `${text}${rest}`, rest, result: resultText(shape, moment) };
}

/** The rest of a call that never returns (exit, a call that was killed). */
export function cutCall(begun: Begun): Ended {
  const none: UserReader = () => new Uint8Array(0);
  const moment = { args: begun.shape.args, user: none, result: null };
  const rest = `${begun.shape.shown
    .slice(begun.next)
    .map((argument) => one(argument, moment))
    .join(', ')})`;
  return { whole: `${begun.text}${rest}`, rest, result: '?' };
}
