/** Why `execute` stopped (machine.ts). */

/** The budget of instructions is used up. */
export const STOP_BUDGET = 0;
/** Ring 0 was entered, where a host kernel in TypeScript lives. */
export const STOP_RING0 = 1;
/** HLT. */
export const STOP_HALT = 2;
/** A fault on the way to the double-fault handler: the processor has shut down (SDM 3A, 6.15, #DF). */
export const STOP_SHUTDOWN = 3;
