/** What is counted: the events of the ledger, by name. Machine and kernel count them, each at one place. */

/** Events by name; the value is the index of the counter. Adding one here is all that a new event needs. */
export const EVENTS = {
  /** Ring crossings inward, by cause: INT n of the program, exception, timer or device, call gate, SYSENTER. */
  crossingSoftware: 0,
  crossingException: 1,
  crossingInterrupt: 2,
  crossingGate: 3,
  crossingSysenter: 4,
  /** Ring crossings outward: IRET, RETF, SYSEXIT. */
  crossingReturn: 5,
  /** CR3 given a value that differs from the one before; and writes of the same value. */
  pageTableSwitch: 6,
  pageTableReload: 7,
  /** TLB entries filled by a walk, whole flushes, single pages dropped. */
  tlbMiss: 8,
  tlbFlush: 9,
  tlbInvalidate: 10,
  /** Descriptor loaded into a segment register; LDTR, TR loads. */
  segmentLoad: 11,
  descriptorTableLoad: 12,
  /** Page faults raised by the processor. */
  pageFault: 13,
  /** The scheduler ran another task than before. */
  taskSwitch: 14,
  /** System calls entered, signal frames built, sigreturns. */
  systemCall: 15,
  signalFrame: 16,
  signalReturn: 17,
  /** Native routines entered. */
  nativeCall: 18,
  /** A code or data limit, base or right of a live descriptor changed by the kernel. */
  segmentChange: 19,
  /** Pages mapped, unmapped or protected in an address space. */
  mapOperation: 20,
  /** Bytes copied between a kernel and its users. */
  bytesCopied: 21,
  /** A program asked its kernel for a call, whether or not the call was made (a tracer may leave it out). */
  callTrap: 22,
} as const satisfies Record<string, number>;

export type Event = keyof typeof EVENTS;
