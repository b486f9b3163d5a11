import { syscallNamed } from '../abi/syscalls.ts';
import type { Below, Kernel } from '../kernel/platform.ts';

/** Calls whose sixth argument counts (in EBP, where the others leave the handle of the work that waits). */
const SIX = new Uint8Array(1024);
for (const name of ['mmap2', 'futex', 'pselect6']) SIX[syscallNumber(name)] = 1;

/** A system call of the kernel below, to be made by a real trap. One object per guest kernel: one call at a time. */
export class Call implements Below {
  readonly kind = 'below';
  number = 0;
  /** EBX, ECX, EDX, ESI, EDI, EBP. */
  readonly args = new Int32Array(6);
  /** The call starts a process, which must not go on as this kernel: it leaves it, or makes the calls of a list (EDI). */
  clones: 'leaves' | 'lists' | undefined;
  result = 0;

  /** Whether EBP carries an argument. */
  get six(): boolean {
    return SIX[this.number] !== 0;
  }

  /** Makes this the call to yield. */
  of(number: number, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0): this {
    const { args } = this;
    this.number = number;
    args[0] = a;
    args[1] = b;
    args[2] = c;
    args[3] = d;
    args[4] = e;
    args[5] = f;
    return this;
  }

  /** Makes the call: its result or -errno. */
  *make(number: number, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0): Kernel<number> {
    yield this.of(number, a, b, c, d, e, f);
    return this.result;
  }
}

/** The number of a system call. Throws when there is none of that name. */
export function syscallNumber(name: string): number {
  const row = syscallNamed(name);
  if (!row) throw new Error(`no system call is called ${name}`);
  return row.number;
}
