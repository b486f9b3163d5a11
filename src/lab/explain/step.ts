/** What happened in a run, as far as it explains an operation: crossings, and what kernels did between them. */

/** Whose code it is: that of a guest kernel's image, of a mechanism's stub, or of a program. */
export type Kind = 'kernel' | 'stub' | 'program';

/** Where the processor executes outside ring 0. */
export interface Place {
  /** As long as the page is not there yet: undefined. */
  kind: Kind | undefined;
  /** Task of the host kernel. */
  readonly pid: number;
  /** Linear address of the instruction. */
  readonly address: number;
}

/** A system call as its caller asked for it. */
export interface Asked {
  readonly number: number;
  readonly args: readonly number[];
  /** As strace prints it, as far as it is known before it returns. */
  readonly text: string;
}

/** The counters at one moment: by depth, by event and by system call; and instructions retired. */
export interface Counters {
  readonly depths: readonly { readonly counts: Float64Array; readonly calls: Float64Array }[];
  readonly instructions: number;
}

/** A way in: to ring 0, or to another ring that is numerically lower. */
export interface Inward {
  readonly kind: 'in';
  /** One of EVENTS.crossing*. */
  readonly event: number;
  readonly vector: number;
  /** Error code and address of a page fault. */
  readonly error: number;
  readonly fault: number;
  readonly from: Place;
  /** Before and after. */
  readonly outer: number;
  readonly ring: number;
  /** CR3. */
  readonly table: number;
  /** What INT 0x80, or ring 1's INT 0x81, asks for. */
  readonly asked?: Asked;
  /** When it may have been a program that came in: the counters, this crossing included. */
  readonly counters?: Counters;
}

/** A way out to an outer ring. */
export interface Outward {
  readonly kind: 'out';
  readonly to: Place;
  readonly ring: number;
  readonly table: number;
  /** EAX: the result, where a call comes back. */
  readonly result: number;
}

/** A kernel's scheduler took another task; of the host's the pid is known. */
export interface Switch {
  readonly kind: 'switch';
  readonly depth: number;
  readonly pid: number;
}

/** A kernel makes a call for one of its tasks. */
export interface Made {
  readonly kind: 'made';
  readonly depth: number;
  readonly pid: number;
  readonly number: number;
  /** Page of the guest kernel's code. */
  readonly page: number;
}

/** A call of the host kernel has its result. */
export interface Returned {
  readonly kind: 'returned';
  readonly pid: number;
  readonly number: number;
  readonly args: readonly number[];
  /** The result as strace prints it; of a wait also what it tells. */
  readonly result: string;
}

/** A script in the host kernel acted on an event of a task. */
export interface Scripted {
  readonly kind: 'script';
  readonly pid: number;
  /** Line and text of the clause. */
  readonly line: number;
  readonly clause: string;
}

/** The host kernel has a signal for a task. */
export interface Signalled {
  readonly kind: 'signal';
  readonly pid: number;
  readonly number: number;
}

/** Something else that a kernel did and that is counted. */
export interface Counted {
  readonly kind: 'counted';
  readonly depth: number;
  readonly event: number;
}

export type Step = Inward | Outward | Switch | Made | Returned | Scripted | Signalled | Counted;

/** A page of code in a task of the host: several kernels can share a task. */
export function codeKey(pid: number, page: number): string {
  return `${pid} ${page}`;
}
