import { KTRACE, KTRACE_DEBUG } from '../abi/ktrace.ts';
import type { Context, Kernel } from '../kernel/platform.ts';
import { AT_STRUCT } from './below.ts';
import type { Home } from './inside.ts';
import type { Guest } from './platform.ts';

/** DR6 is told by exceptions, and DR4 and DR5 are none. */
const SET = [0, 1, 2, 3, 7];

/** Whether the process has the debug registers of an application. */
export function hasDebug(home: Home, { debug }: Context): boolean {
  for (let n = 0; n < SET.length; n++) if (home.debug[SET[n]] !== debug[SET[n]]) return false;
  return true;
}

/** Gives the process the debug registers of an application that is to run. */
export function* giveDebug({ below, memory }: Guest, home: Home, { debug }: Context): Kernel<void> {
  home.debug.set(debug);
  for (let n = 0; n < 8; n++) memory.store32(AT_STRUCT + n * 4, n === 6 ? 0 : debug[n]);
  yield* below.call.make(KTRACE, KTRACE_DEBUG, below.at(AT_STRUCT));
}
