/** pagetables(op, ...): several page tables of one process; a call of nestlab's own (see ktrace.ts). */
export const PAGETABLES = 509;

// Operations, in EBX.
/** CREATE(from, to): the number of a new table; what is mapped between the two addresses is mapped there too. */
export const PAGETABLES_CREATE = 1;
/** CALL(table, struct pagetables_call *): makes a call about memory in that table. */
export const PAGETABLES_CALL = 2;
/** SWITCH(table): the thread goes on there. */
export const PAGETABLES_SWITCH = 3;
/** DROP(table) */
export const PAGETABLES_DROP = 4;

/** struct pagetables_call: the number of the call, and its six arguments. */
export const PAGETABLES_CALL_WORDS = 7;

/** Tables of one process, the first among them. */
export const PAGETABLES_MOST = 1024;
