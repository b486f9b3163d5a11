import { mistakeText } from '../../src/ktrace/error.ts';
import type { Named } from '../../src/ktrace/names.ts';
import { readScript, type Script } from '../../src/ktrace/script.ts';

/** What a guest kernel would register. */
export const NAMES: ReadonlyMap<string, Named> = new Map<string, Named>([
  ['frame', { kind: 'frame', address: 0x70000000, area: { physical: 0x1000 } }],
  ['own', { kind: 'frame', address: 0x70000100, area: { physical: 0x1100 } }],
  ['syscall_entry', { kind: 'entry', address: 0x70001000, area: { physical: 0x1100 } }],
  ['table', { kind: 'word', address: 0x70000200, area: { physical: 0x1200 } }],
]);

/** Reads a script that must be right. */
export function right(text: string, names = NAMES): Script {
  const script = readScript(text, names, () => undefined);
  if ('mistake' in script) throw new Error(mistakeText('script', script.mistake));
  return script;
}

/** What is said of a script that is wrong; '' where nothing is. */
export function wrong(text: string, names = NAMES): string {
  const script = readScript(text, names, () => undefined);
  return 'mistake' in script ? mistakeText('script', script.mistake) : '';
}
