/*
 * The address space that a snippet sees, the same on the real processor and on ours. oracle.ts repeats the numbers.
 *
 *   0x10000000  code   1 page   r-x   then nothing: an instruction that runs over the end faults on fetch
 *   0x20000000  data   2 pages  rw-
 *   0x20002000  fixed  1 page   r--   then nothing
 *   0x30000000  stack  2 pages  rw-   nothing on either side
 *
 * FS (selector 0x63) is the data pages with a limit in bytes, GS (0x6b) the second data page on with a limit in pages.
 * The server itself lies at 0x50000000 (an alias of the code page) and from 0x60000000 to 0x68800000.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#define PAGE 0x1000
#define CODE 0x10000000
#define DATA 0x20000000
#define DATA_SIZE (2 * PAGE)
#define FIXED 0x20002000
#define STACK 0x30000000
#define STACK_SIZE (2 * PAGE)

#define FS_BASE DATA
#define FS_LIMIT 0x1ffb /* bytes: the last four of the data pages lie outside */
#define GS_BASE (DATA + PAGE)
#define GS_LIMIT 2 /* pages: the segment ends one page behind the read-only page */

#define SELECTOR_FS 0x63
#define SELECTOR_GS 0x6b
#define SELECTOR_DATA 0x2b

#endif
