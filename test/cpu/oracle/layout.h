/*
 * The address space that a snippet sees, the same on the real processor and on ours. oracle.ts repeats the numbers.
 *
 *   0x10000000  code   1 page   r-x   then nothing: an instruction that runs over the end faults on fetch
 *   0x20000000  data   2 pages  rw-
 *   0x20002000  fixed  1 page   r--   then nothing
 *   0x30000000  stack  2 pages  rw-   nothing on either side
 *
 * CS is flat, or LDT entry 0: a 16-bit segment with the code page at offset 0. DS, ES, SS are flat. FS and GS are LDT
 * entries 1 and 2, as the batch describes them.
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

#define SELECTOR_CODE16 0x07
#define SELECTOR_FS 0x0f
#define SELECTOR_GS 0x17
#define SELECTOR_CODE 0x23
#define SELECTOR_DATA 0x2b

#endif
