/**
 * The two pages at the top of every application's address space under skas and sysemu: code that makes system calls for
 * the guest kernel and tells it of exceptions, and data that the guest kernel shares, which is the signal stack too.
 */

/** Offsets in the code page. */
export const BATCH = 0x00;
export const EXCEPTION = 0x40;

/** Offsets in the data page: the result of a batch; what the exception handler leaves there; structs of calls. */
export const RESULT = 0;
export const TRAP_NUMBER = 0;
export const TRAP_ERROR = 4;
export const TRAP_ADDRESS = 8;
/** Structs of the calls with which an address space begins, and of a batch. */
export const FIRST_STRUCTS = 0x6c0;
export const STRUCTS = 0x700;
/** Calls in a batch: seven words each (EAX, EBX, ECX, EDX, ESI, EDI, EBP), then a zero. */
export const BATCH_WORDS = 7;
export const BATCH_MOST = 60;

const CODE: readonly number[] = [
  // next: pop eax; test eax, eax; jz done
  ...[0x58, 0x85, 0xc0, 0x74, 0x0f],
  // pop ebx, ecx, edx, esi, edi, ebp; int 0x80
  ...[0x5b, 0x59, 0x5a, 0x5e, 0x5f, 0x5d, 0xcd, 0x80],
  // cmp eax, -4096; jbe next: above it is -errno
  ...[0x3d, 0x00, 0xf0, 0xff, 0xff, 0x76, 0xec],
  // done: and esp, -4096; mov [esp], eax; int3
  ...[0x81, 0xe4, 0x00, 0xf0, 0xff, 0xff, 0x89, 0x04, 0x24, 0xcc],
];

const HANDLER: readonly number[] = [
  // trapno, err and cr2 of the frame's sigcontext: mov eax, [esp+56]; mov ecx, [esp+60]; mov edx, [esp+92]
  ...[0x8b, 0x44, 0x24, 0x38, 0x8b, 0x4c, 0x24, 0x3c, 0x8b, 0x54, 0x24, 0x5c],
  // The stack is the data page: mov ebx, esp; and ebx, -4096
  ...[0x89, 0xe3, 0x81, 0xe3, 0x00, 0xf0, 0xff, 0xff],
  // mov [ebx], eax; mov [ebx+4], ecx; mov [ebx+8], edx; int3
  ...[0x89, 0x03, 0x89, 0x4b, 0x04, 0x89, 0x53, 0x08, 0xcc],
];

/** The code page. */
export function stubPage(): Uint8Array {
  const page = new Uint8Array(4096);
  page.set(CODE, BATCH);
  page.set(HANDLER, EXCEPTION);
  return page;
}
