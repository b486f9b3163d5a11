/** ring1(op, ...): part of a process becomes the business of ring 1; a call of nestlab's own (see ktrace.ts). */
export const RING1 = 508;

// Operations, in EBX.
/**
 * ENTER(from, to): the thread goes on in ring 1, and the pages between the two addresses, multiples of 4 MiB, are for ring
 * 1 alone, in all page tables of the process.
 */
export const RING1_ENTER = 1;
/** TABLES(at): ring 1 sees the page tables, read-only, in 4 MiB at this address, a multiple of 4 MiB. */
export const RING1_TABLES = 2;
/**
 * GATE(entry, stack): int 0x80 of this thread in ring 3 leads straight to `entry` in ring 1, on the stack that ends at
 * `stack`; entry 0 ends it. Ring 1 itself calls the kernel by int 0x81.
 */
export const RING1_GATE = 3;
