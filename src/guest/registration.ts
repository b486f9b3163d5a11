import {
  KTRACE,
  KTRACE_ATTACH,
  KTRACE_FRAME,
  KTRACE_KERNEL,
  KTRACE_LOAD,
  KTRACE_LOAD_AT,
  KTRACE_NAME_AT,
  KTRACE_NAME_SIZE,
  KTRACE_WORD,
} from '../abi/ktrace.ts';
import type { Kernel } from '../kernel/platform.ts';
import { AT_BUFFER } from './below.ts';
import { PAGE_LIMIT, PAGE_TABLE } from './kernel-page.ts';
import type { Guest } from './platform.ts';
import { AREAS } from './save-areas.ts';

/** In the buffer: struct ktrace_load, the names, room for a mistake, the script. */
const AT_LOAD = AT_BUFFER;
const AT_NAMES = AT_BUFFER + 0x100;
const AT_MISTAKE = AT_BUFFER + 0x400;
const MISTAKE_SIZE = 0x400;
const AT_TEXT = AT_BUFFER + 0x1000;

/**
 * Gives a script to the kernel below, which knows the save areas by name, the number of the page table (`table`) and the
 * last address that the application's segments reach (`reach`); and puts this thread under it, in mode kernel.
 */
export function* register(guest: Guest, text: string): Kernel<void> {
  const { below, memory } = guest;
  const { call } = below;
  memory.write(AT_TEXT, new TextEncoder().encode(text), 0, text.length);
  const areas = Object.entries(AREAS).map(([name, area]) => [name, area, KTRACE_FRAME] as const);
  const words = [['table', PAGE_TABLE, KTRACE_WORD] as const, ['reach', PAGE_LIMIT, KTRACE_WORD] as const];
  const names = [...areas, ...words];
  for (const [n, [name, area, kind]] of names.entries()) {
    const at = AT_NAMES + n * KTRACE_NAME_SIZE;
    memory.fill(at, 0, KTRACE_NAME_SIZE);
    memory.write(at + KTRACE_NAME_AT.name, new TextEncoder().encode(name), 0, name.length);
    memory.store32(at + KTRACE_NAME_AT.kind, kind);
    memory.store32(at + KTRACE_NAME_AT.address, below.at(area));
  }
  const load = {
    text: below.at(AT_TEXT),
    length: text.length,
    names: below.at(AT_NAMES),
    count: names.length,
    error: below.at(AT_MISTAKE),
    errorSize: MISTAKE_SIZE,
  };
  memory.store8(AT_MISTAKE, 0);
  for (const [field, value] of Object.entries(load))
    memory.store32(AT_LOAD + KTRACE_LOAD_AT[field as keyof typeof load], value);
  const number = yield* call.make(KTRACE, KTRACE_LOAD, below.at(AT_LOAD));
  if (number < 0) return yield* guest.refuse(mistakeAt(guest) || `the kernel below has no ktrace (errno ${-number})`);
  const attached = yield* call.make(KTRACE, KTRACE_ATTACH, number, 0, KTRACE_KERNEL);
  if (attached < 0) yield* guest.panic(`ktrace: the script could not be attached (errno ${-attached})`);
}

/** Why the kernel below did not take the script: its last line says it. */
function mistakeAt({ memory }: Guest): string {
  let text = '';
  for (let n = 0; n < MISTAKE_SIZE; n++) {
    const character = memory.load8(AT_MISTAKE + n);
    if (character === 0) break;
    text += String.fromCharCode(character);
  }
  return text.trimEnd().split('\n').at(-1)!.replace(/\.$/, '');
}
