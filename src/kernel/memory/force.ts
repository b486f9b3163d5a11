/** Another task's memory, which its tracer may read and write whatever its protection (FOLL_FORCE). */
import { PROT_READ, PROT_WRITE } from '../../abi/flags.ts';
import type { Kernel, Memory } from '../platform.ts';
import type { Task } from '../tasks/task.ts';
import type { Area } from './area.ts';
import { PAGE } from './frames.ts';
import { FRAME_SHIFT, READ, WRITE } from './pages.ts';
import { type AddressSpace, OK } from './space.ts';

/** Reads `bytes.length` bytes; false where nothing is mapped. */
export function* peek(task: Task, address: number, bytes: Uint8Array): Kernel<boolean> {
  return yield* transfer(task, address, bytes, false);
}

/** Writes `bytes`; a private page that may not be written gets a copy of its own. False where that is impossible. */
export function* poke(task: Task, address: number, bytes: Uint8Array): Kernel<boolean> {
  return yield* transfer(task, address, bytes, true);
}

function* transfer(task: Task, address: number, bytes: Uint8Array, write: boolean): Kernel<boolean> {
  const { memory } = task.system.platform;
  const space = task.memory;
  for (let done = 0; done < bytes.length; ) {
    const at = (address + done) >>> 0;
    const count = Math.min(bytes.length - done, PAGE - (at & (PAGE - 1)));
    const area = space.areas.find(at >>> 12);
    if (!area) return false;
    // Waits for the page, if it must, with the rights that there are.
    yield* space.bring(at >>> 12, false);
    if (!move(memory, space, area, at, bytes, done, count, write)) return false;
    done += count;
  }
  return true;
}

/** Moves bytes of one page, with the area's rights widened for that moment. */
function move(
  memory: Memory,
  space: AddressSpace,
  area: Area,
  at: number,
  bytes: Uint8Array,
  offset: number,
  count: number,
  write: boolean,
): boolean {
  const page = at >>> 12;
  const { rights } = area;
  if (write && area.shared && !(rights & PROT_WRITE)) return false;
  area.rights |= PROT_READ | (write ? PROT_WRITE : 0);
  const reached = space.touch(page, write, true) === OK;
  area.rights = rights;
  if (!reached) return false;
  const entry = space.pages.get(page);
  const physical = (entry >>> FRAME_SHIFT) * PAGE + (at & (PAGE - 1));
  if (write) memory.write(physical, bytes, offset, count);
  else memory.read(physical, bytes, offset, count);
  if (rights === 0) {
    space.pages.set(page, entry & ~(READ | WRITE));
    space.space.unmap(page, 1);
  } else if (write && !(rights & PROT_WRITE)) {
    space.pages.set(page, entry & ~WRITE);
    space.space.writeProtect(page, 1);
  }
  return true;
}
