import type { UserReader } from '../../kernel/platform.ts';
import { argumentText, isOut, type Moment } from './arguments.ts';
import { resultText } from './results.ts';
import { type Shape, type Shown, shapeOf } from './shape.ts';

/** A call that has begun: its shape, the text so far, and which argument comes next. */
export interface Begun {
  readonly shape: Shape;
  /** 'read(3, ': name, parenthesis, and every argument that is known before the call returns. */
  readonly text: string;
  readonly next: number;
}

function join(shown: readonly Shown[], moment: Moment): string {
  return shown.map(({ kind, slot, label }) => `${label ?? ''}${argumentText(kind, slot, moment)}`).join(', ');
}

/** A call as far as it can be printed at its entry: up to the first argument that the call itself fills in. */
export function beginCall(number: number, args: ArrayLike<number>, user: UserReader): Begun {
  const shape = shapeOf(number, Int32Array.from(args), user);
  const first = shape.shown.findIndex(({ kind }) => isOut(kind));
  const next = first < 0 ? shape.shown.length : first;
  const known = join(shape.shown.slice(0, next), { args: shape.args, user, result: null });
  const comma = known !== '' && next < shape.shown.length ? ', ' : '';
  return { shape, text: `${shape.name}(${known}${comma}`, next };
}

/** The rest of a call that returned `result`: the other arguments with the closing parenthesis, and the result. */
export function endCall(
  begun: Begun,
  result: number,
  user: UserReader,
): { readonly text: string; readonly result: string } {
  const { shape, next } = begun;
  const moment = { args: shape.args, user, result };
  return { text: `${join(shape.shown.slice(next), moment)})`, result: resultText(shape, moment) };
}

/** The rest of a call that never returns (exit, a call that was killed). */
export function cutCall(begun: Begun): { readonly text: string; readonly result: string } {
  const rest = begun.shape.shown.slice(begun.next);
  const none: UserReader = () => new Uint8Array(0);
  return { text: `${join(rest, { args: begun.shape.args, user: none, result: null })})`, result: '?' };
}
