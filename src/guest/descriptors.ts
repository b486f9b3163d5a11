import { USER_DESC } from '../abi/structs.ts';
import { describe } from '../kernel/tasks/tls.ts';
import { AT_BUFFER, BUFFER_SIZE } from './below.ts';
import { type Record, record } from './burst.ts';
import { syscallNumber } from './call.ts';
import type { Guest } from './platform.ts';
import type { GuestSpace } from './space.ts';

const MODIFY_LDT = syscallNumber('modify_ldt');
/** modify_ldt: writes a descriptor, with all its bits. */
const WRITE_LDT = 0x11;
const MOST = BUFFER_SIZE / USER_DESC.size;

/**
 * The calls that make an LDT, with the entries of `ldt` set, that of `space`: all of it where it was `another`'s. At
 * most MOST are asked for at a time; the rest when it is asked again.
 */
export function* descriptorRecords(
  guest: Guest,
  ldt: Set<number>,
  space: GuestSpace,
  another: boolean,
): Generator<Record[]> {
  const wanted = new Map<number, readonly [number, number]>();
  for (const [entry, low, high] of space.takeDescriptors()) wanted.set(entry, [low, high]);
  if (another) {
    for (const entry of ldt) wanted.set(entry, [0, 0]);
    for (const [entry, words] of space.descriptors) wanted.set(entry, words);
    ldt.clear();
    for (const entry of space.descriptors.keys()) ldt.add(entry);
  } else for (const entry of wanted.keys()) ldt.add(entry);
  const all = [...wanted];
  for (let done = 0; done < all.length; done += MOST)
    yield all.slice(done, done + MOST).map(([entry, [low, high]], n) => descriptorRecord(guest, n, entry, low, high));
}

/** One call; `n` is the place of its argument in the buffer. */
function descriptorRecord(guest: Guest, n: number, entry: number, low: number, high: number): Record {
  const { memory, below } = guest;
  const struct = AT_BUFFER + n * USER_DESC.size;
  const { base, limit, flags } = describe(low, high);
  const { at } = USER_DESC;
  for (const [offset, word] of [
    [at.entry_number, entry],
    [at.base_addr, base],
    [at.limit, limit],
    [at.flags, flags],
  ] as const)
    memory.store32(struct + offset, word);
  return record(MODIFY_LDT, WRITE_LDT, below.at(struct), USER_DESC.size);
}
