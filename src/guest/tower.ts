/**
 * What a guest kernel is built of: three choices, one for each of the bottlenecks of a kernel that is a program itself.
 */
import type { Context, Kernel, Stop } from '../kernel/platform.ts';
import type { Guest } from './platform.ts';
import type { GuestSpace } from './space.ts';

/** How a trap of an application reaches the guest kernel, and how control returns. */
export interface Delivery {
  /**
   * Lets an application run in `space`, which has been entered, until it traps or virtual time `until` has come;
   * changes `context`. Undefined when the space was lost below: it is entered anew.
   */
  run(space: GuestSpace, context: Context, until: number): Kernel<Stop | undefined>;
}

/** How the guest kernel changes from one application's address space to another's. */
export interface Switching {
  /** Address space for an application: the addresses below this, a multiple of 4096. */
  readonly top: number;
  /** Brings `space` up to date with what was asked of it, and makes it the one that runs next. */
  enter(space: GuestSpace): Kernel<void>;
  /** Gives back what a space holds below. */
  leave(space: GuestSpace): Kernel<void>;
}

/** A way to build a guest kernel. */
export interface Tower {
  readonly name: string;
  /** One line for users. */
  readonly summary: string;
  build(guest: Guest): Kernel<{ readonly delivery: Delivery; readonly switching: Switching }>;
}
