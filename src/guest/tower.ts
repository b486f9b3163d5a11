/**
 * What a guest kernel is built of: three choices, one for each of the bottlenecks of a kernel that is a program itself.
 */
import type { Context, Kernel, Stop } from '../kernel/platform.ts';
import type { Record } from './burst.ts';
import type { Carrier } from './carrier.ts';
import type { GuestContext } from './context.ts';
import type { Home } from './inside.ts';
import type { Guest } from './platform.ts';
import type { GuestSpace } from './space.ts';

/** How a trap of an application reaches the guest kernel, and how control returns. */
export interface Delivery {
  /**
   * Lets an application run in `space`, which has been entered, until it traps or virtual time `until` has come;
   * changes `context`. The stop is told by `Guest.tell`; where the space was lost below it is `quantum`, and it is entered
   * anew.
   */
  run(space: GuestSpace, context: Context, until: number): Kernel<Stop>;
  /** Whether a context's limit is obeyed. */
  readonly limits?: true;
  /** As Platform has them; absent where FPU registers come and go with the others. */
  saveFpu?(context: GuestContext): void;
  loadFpu?(context: GuestContext): void;
  dropContext?(context: GuestContext): void;
}

/**
 * What keeps the guest kernel's memory from the application: calls of the kernel below that real code makes, outside
 * that memory, on the way into the guest kernel and on the way out.
 */
export interface Protection {
  readonly open: readonly Record[];
  readonly hide: readonly Record[];
  /** Or what a script in the kernel below does at these moments, in its verbs. */
  readonly verbs?: { readonly open: string; readonly hide: string };
  /** Segments of the application end at the address in PAGE_LIMIT: this kernel can limit its own applications'. */
  readonly limits?: true;
  /** The application runs in a page table of its own, whose number is in PAGE_TABLE. */
  readonly views?: true;
  /** What the kernel does once, before it asks for anything else that its delivery needs. */
  begin?(): Kernel<void>;
  /** The page tables below, where this kernel can read them: whether a page of the application that runs was written. */
  readonly tables?: { dirty(page: number): boolean };
}

/** How the guest kernel changes from one application's address space to another's. */
export interface Switching {
  /** Address space for an application: the addresses below this, a multiple of 4096. */
  readonly top: number;
  /** The process that the kernel and an application are in, where they share one. */
  readonly home?: Home;
  /** Whose pages are in that process now. */
  readonly entered?: GuestSpace | undefined;
  /**
   * Brings `space` up to date with what was asked of it, and makes it the one that runs next. False when the kernel below
   * has no room for it: its application cannot go on. Plain where nothing is to be done.
   */
  enter(space: GuestSpace): boolean | Kernel<boolean>;
  /** Gives back what a space holds below. */
  leave(space: GuestSpace): Kernel<void>;
}

/** A way of each kind, as a mechanism supplies it. `summary` is one line for users. */
export interface DeliveryChoice {
  readonly name: string;
  readonly summary: string;
  /** Names of the ways that it goes together with, the default first. */
  readonly protections: readonly string[];
  readonly switchings: readonly string[];
  /** What the process does that was started, if the kernel is another one, which it carries. */
  carry?(carrier: Carrier): Kernel<never>;
  build(guest: Guest, protection: Protection, switching: Switching): Delivery | Kernel<Delivery>;
}
export interface ProtectionChoice {
  readonly name: string;
  readonly summary: string;
  build(guest: Guest): Protection;
}
export interface SwitchingChoice {
  readonly name: string;
  readonly summary: string;
  build(guest: Guest, protection: Protection): Kernel<Switching>;
}

/** All ways that there are. */
export interface Choices {
  readonly deliveries: readonly DeliveryChoice[];
  readonly protections: readonly ProtectionChoice[];
  readonly switchings: readonly SwitchingChoice[];
}

/** A way to build a guest kernel: one choice of each kind. */
export interface Tower {
  readonly name: string;
  /** One line for users. */
  readonly summary: string;
  readonly delivery: DeliveryChoice;
  readonly protection: ProtectionChoice;
  readonly switching: SwitchingChoice;
}
