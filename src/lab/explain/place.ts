/** Whose code lies at an address: told by the page that it is in, whatever its address and depth. */
import { codePage } from '../../guest/image.ts';
import type { Cpu } from '../../machine/cpu.ts';
import { physicalOf } from '../../machine/inspect.ts';
import { RAM } from '../../machine/state.ts';
import { STUB_PAGES } from '../registry.ts';
import type { Kind, Step } from './step.ts';

const PAGE = 4096;

/** Pages whose bytes say what they are. */
const PAGES: readonly { readonly kind: Kind; readonly bytes: Uint8Array }[] = [
  { kind: 'kernel', bytes: codePage() },
  ...STUB_PAGES.map((bytes) => ({ kind: 'stub' as const, bytes })),
];

/** Whose code lies at a linear address in the address space in use; undefined where nothing is mapped. */
export function kindAt(cpu: Cpu, linear: number): Kind | undefined {
  const physical = physicalOf(cpu, linear & -PAGE);
  if (physical < 0) return undefined;
  const start = RAM + physical;
  const page = cpu.u8.subarray(start, start + PAGE);
  return PAGES.find(({ bytes }) => Buffer.compare(bytes, page) === 0)?.kind ?? 'program';
}

/** Memory of the address space in use as observers read it: as far as it is mapped, without a trace. */
export function userAt(cpu: Cpu): (address: number, length: number) => Uint8Array {
  return (address, length) => {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const at = (address + done) | 0;
      const physical = physicalOf(cpu, at);
      if (physical < 0) return bytes.subarray(0, done);
      const count = Math.min(length - done, PAGE - (at & (PAGE - 1)));
      cpu.memory.peek(physical, bytes, done, count);
      done += count;
    }
    return bytes;
  };
}

/** Says of every place in a page that was not there yet whose it was: that of the task's next place in the same page. */
export function settle(steps: readonly Step[]): void {
  const later = new Map<string, Kind>();
  for (let at = steps.length - 1; at >= 0; at--) {
    const step = steps[at];
    if (step.kind !== 'in' && step.kind !== 'out') continue;
    const place = step.kind === 'in' ? step.from : step.to;
    const page = `${place.pid} ${place.address >>> 12}`;
    place.kind ??= later.get(page) ?? 'program';
    later.set(page, place.kind);
  }
}
