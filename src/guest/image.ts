/**
 * The guest kernel as a program: one page of real code, in which the stubs of its TypeScript lie, and one page of data,
 * packed into an ELF file that any kernel can execute.
 */
import { syscallNumber } from './call.ts';

export const PAGE = 4096;

// Where things lie in the code page.
const START = 0x00;
/** A system call with up to five arguments; then the kernel goes on. */
export const TRAP = 0x10;
/** One with a sixth argument, which lies on the stack in EBP's place. */
export const TRAP_SIX = 0x20;
/** clone: the child, told the pid of its parent in ESI, waits for it as its tracer. */
export const TRAP_CLONE = 0x30;
const CHILD = 0x50;
/** Handler of the signals that only interrupt, and what its frame returns to. */
export const SIGNAL_HANDLER = 0x80;
const SIGNAL_RETURN = 0x87;
/** Stores the handle of the work that waits in the kernel page (EDI), and goes on as BURST with the list in ESI. */
export const LEAVE = 0xa0;
/**
 * Makes the calls of a list (ESP): seven words each, EAX, EBX, ECX, EDX, ESI, EDI, EBP; a zero ends it, then comes the
 * address of the kernel page, whose work goes on. A call that fails is INT3, with -errno in EAX.
 */
export const BURST = 0xa5;
const BURST_DONE = 0xba;
/** Handler of the exceptions of an application in the same process: as BURST with the list in the page after the gate page. */
export const EXCEPTION_HANDLER = 0xd0;
/** clone: the kernel goes on in the parent, while the child makes the calls of the list in EDI. */
export const TRAP_SPLIT = 0xf0;
const SPLIT_CHILD = 0x100;
/** As TRAP and TRAP_SIX, in ring 1, where int 0x80 may lead to this kernel itself. */
export const INNER_TRAP = 0x110;
export const INNER_TRAP_SIX = 0x120;
/** What frames of signal handlers return to, in whatever ring. */
export const SIGNAL_RESTORER = 0x130;
/**
 * Ways to let an application run, for work that waits then with its handle in the kernel page (EDI); it goes on at once
 * where a signal has come. The call in EAX, to the kernel below, also from ring 1; or an IRET out of ring 1, with the
 * frame that ESP points to.
 */
export const GO = 0x150;
export const INNER_GO = 0x170;
export const GATE_GO = 0x190;
/** The part of them in which a signal finds the application as good as gone. */
export const GO_CHECKED = 7;
export const GO_LENGTH = 20;
/** Where a gate leads: takes the application's registers to where GATE_GO had its own. */
export const GATE_ENTRY = 0x1b0;
/** Where the work goes on to which a script of the kernel below turns (ESP is in the kernel page). */
export const RESTART = GATE_ENTRY + 11;

/** The stubs, by offset in the page; each is what its name in `Entries` does. */
export const STUBS = {
  start: START,
  resume: [
    TRAP + 2,
    TRAP_SIX + 6,
    TRAP_CLONE + 6,
    BURST_DONE + 4,
    TRAP_SPLIT + 6,
    INNER_TRAP + 2,
    INNER_TRAP_SIX + 6,
    GO + GO_LENGTH,
    INNER_GO + GO_LENGTH,
    GATE_GO + GO_LENGTH,
    RESTART + 11,
  ],
  signal: SIGNAL_HANDLER,
} as const;

/** Exit of the signal stub. */
export const AFTER_SIGNAL = SIGNAL_RETURN;

/** The data page follows the code page. */
export const DATA = PAGE;
/** In the kernel page of a kernel that shares its process with applications: the handle of the work that waits. */
export const KERNEL_HANDLE = 0;
/** There too: signals that came for it, one bit each (1 << number). */
export const KERNEL_SIGNALS = 0x0c;
/**
 * A kernel that shares its process puts two pages after the code page, which applications see: the gate page, with
 * lists of calls, and the stack of exceptions in its upper half; and the entry page, which they cannot write, with the
 * list of what makes the kernel's memory accessible.
 */
export const GATE = DATA;
export const ENTRY = 2 * PAGE;
/** In the gate page: where the frame of the last exception is; the list of a new process, and the others; the stack. */
export const GATE_FRAME = 0;
export const GATE_CHILD_LIST = 0x40;
export const GATE_LIST = 0x100;
export const GATE_STACK = 0x800;

/** UD1 EAX, [number]: the reserved opcode. */
function stub(number: number): number[] {
  return [0x0f, 0xb9, 0x05, number, 0, 0, 0];
}

function word(value: number): number[] {
  return [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
}

const INT80 = [0xcd, 0x80];
const INT81 = [0xcd, 0x81];
const movEax = (value: number): number[] => [0xb8, ...word(value)];

/** mov [edi+KERNEL_HANDLE], ebp; cmp dword [edi+KERNEL_SIGNALS], 0; jne on; `way`; nop...; on: the work goes on */
function go(way: readonly number[]): number[] {
  const code = [0x89, 0x6f, KERNEL_HANDLE, 0x83, 0x7f, KERNEL_SIGNALS, 0x00, 0x75, GO_LENGTH - GO_CHECKED - 2, ...way];
  while (code.length < GO_LENGTH) code.push(0x90);
  return [...code, ...stub(1)];
}

/** The code page. */
export function codePage(): Uint8Array {
  const page = new Uint8Array(PAGE);
  page.set(stub(0), START);
  page.set([...INT80, ...stub(1)], TRAP);
  // xchg [esp], ebp; int 0x80; pop ebp
  page.set([0x87, 0x2c, 0x24, ...INT80, 0x5d, ...stub(1)], TRAP_SIX);
  // int 0x80; test eax, eax; jz CHILD
  page.set([...INT80, 0x85, 0xc0, 0x74, CHILD - (TRAP_CLONE + 6), ...stub(1)], TRAP_CLONE);
  page.set(
    [
      // ptrace(PTRACE_TRACEME)
      ...movEax(syscallNumber('ptrace')),
      ...[0x31, 0xdb],
      ...INT80,
      // getppid() is ESI, or the kernel is no more and somebody else has become the tracer: exit
      ...movEax(syscallNumber('getppid')),
      ...INT80,
      ...[0x39, 0xf0, 0x75, 1],
      // int3: the tracer sets the registers now; where there is none any more this is the end
      0xcc,
      ...movEax(syscallNumber('exit')),
      ...INT80,
    ],
    CHILD,
  );
  // The routine notes the signal; ret.
  page.set([...stub(2), 0xc3], SIGNAL_HANDLER);
  page.set(
    [
      // pop eax; mov ecx, cs; mov eax, sigreturn; test cl, 2; jz inner; int 0x80; inner: int 0x81
      ...[0x58, 0x8c, 0xc9, ...movEax(syscallNumber('sigreturn'))],
      ...[0xf6, 0xc1, 0x02, 0x74, INT80.length, ...INT80, ...INT81],
    ],
    SIGNAL_RESTORER,
  );
  page.set(
    [
      // mov [edi+KERNEL_HANDLE], ebp; mov esp, esi: only now may a list that is left begin anew
      ...[0x89, 0x6f, KERNEL_HANDLE, 0x89, 0xf4],
      // BURST: pop eax; test eax, eax; jz done; pop ebx, ecx, edx, esi, edi, ebp; int 0x80
      ...[0x58, 0x85, 0xc0, 0x74, BURST_DONE - (BURST + 5), 0x5b, 0x59, 0x5a, 0x5e, 0x5f, 0x5d, ...INT80],
      // cmp eax, -4096; jbe BURST; int3
      ...[0x3d, 0x00, 0xf0, 0xff, 0xff, 0x76, (BURST - (BURST + 20)) & 255, 0xcc],
      // done: pop edi; mov ebp, [edi+KERNEL_HANDLE]; the work goes on
      ...[0x5f, 0x8b, 0x6f, KERNEL_HANDLE, ...stub(1)],
    ],
    LEAVE,
  );
  page.set(
    [
      // The stack is in the gate page: mov eax, esp; and eax, -4096; mov [eax+GATE_FRAME], esp
      ...[0x89, 0xe0, 0x25, 0x00, 0xf0, 0xff, 0xff, 0x89, 0x60, GATE_FRAME],
      // lea esp, [eax+ENTRY-GATE]; jmp BURST
      ...[0x8d, 0xa0, ...word(ENTRY - GATE), 0xeb, (BURST - (EXCEPTION_HANDLER + 18)) & 255],
    ],
    EXCEPTION_HANDLER,
  );
  // int 0x80; test eax, eax; jz child; child: mov esp, edi; jmp BURST
  page.set([...INT80, 0x85, 0xc0, 0x74, SPLIT_CHILD - (TRAP_SPLIT + 6), ...stub(1)], TRAP_SPLIT);
  page.set([0x89, 0xfc, 0xeb, (BURST - (SPLIT_CHILD + 4)) & 255], SPLIT_CHILD);
  page.set([...INT81, ...stub(1)], INNER_TRAP);
  page.set([0x87, 0x2c, 0x24, ...INT81, 0x5d, ...stub(1)], INNER_TRAP_SIX);
  page.set(go(INT80), GO);
  page.set(go(INT81), INNER_GO);
  // pop gs, fs, es, ds; popa; iret
  page.set(go([0x0f, 0xa9, 0x0f, 0xa1, 0x07, 0x1f, 0x61, 0xcf]), GATE_GO);
  page.set(
    [
      // pusha; push ds, es, fs, gs; push ss; pop ds; push ss; pop es
      ...[0x60, 0x1e, 0x06, 0x0f, 0xa0, 0x0f, 0xa8, 0x16, 0x1f, 0x16, 0x07],
      // RESTART: mov edi, esp; and edi, -4096; mov ebp, [edi+KERNEL_HANDLE]; the work goes on
      ...[0x89, 0xe7, 0x81, 0xe7, 0x00, 0xf0, 0xff, 0xff, 0x8b, 0x6f, KERNEL_HANDLE, ...stub(1)],
    ],
    GATE_ENTRY,
  );
  // Tells this image from any other page of code.
  page.set(new TextEncoder().encode('nestlab guest kernel'), PAGE - 32);
  return page;
}

/** /boot/nestlab: an ELF file that may be loaded anywhere, with the code page and a data page of zeros. */
export function executable(): Uint8Array {
  const file = new Uint8Array(2 * PAGE);
  const view = new DataView(file.buffer);
  const half = (at: number, ...values: number[]): void => {
    for (const [n, value] of values.entries()) view.setUint16(at + n * 2, value, true);
  };
  const words = (at: number, ...values: number[]): void => {
    for (const [n, value] of values.entries()) view.setUint32(at + n * 4, value, true);
  };
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  // ET_DYN, EM_386; then version, entry, program headers, sections, flags.
  half(16, 3, 3);
  words(20, 1, START, 52, 0, 0);
  half(40, 52, 32, 3, 40, 0, 0);
  // PT_LOAD offset, address, physical, file size, memory size, flags, alignment: R+X, then R+W.
  words(52, 1, PAGE, 0, 0, PAGE, PAGE, 5, PAGE);
  words(84, 1, 0, DATA, DATA, 0, PAGE, 6, PAGE);
  // PT_GNU_STACK: not executable.
  words(116, 0x6474e551, 0, 0, 0, 0, 0, 6, 16);
  file.set(codePage(), PAGE);
  return file;
}
