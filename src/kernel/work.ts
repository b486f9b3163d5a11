/**
 * What the kernel's own work takes of virtual time, in cycles: it is written in TypeScript and retires no instructions.
 * Round figures of the order that lmbench measures on processors of the default model's time; they make clocks and
 * timers plausible, no more. Counts and prices of mechanisms come from the ledger and the profiles, never from here.
 */
export const CALL = 200;
export const FAULT = 1000;
export const SIGNAL = 2000;
export const SWITCH = 1000;
export const FORK = 30_000;
export const EXEC = 100_000;
