import type { UserReader } from '../../kernel/platform.ts';

/** `length` bytes of user memory as a view, or null where not all of them are mapped or the length is nonsense. */
export function view(user: UserReader, address: number, length: number): DataView | null {
  if (length < 0) return null;
  const bytes = user(address >>> 0, length);
  return bytes.length < length ? null : new DataView(bytes.buffer, bytes.byteOffset, length);
}

/** The signed 32-bit word at an address, or null where it is not mapped. */
export function word(user: UserReader, address: number): number | null {
  return view(user, address, 4)?.getInt32(0, true) ?? null;
}

/** The bytes of a string before its NUL, at most `limit`; `ended` tells whether the NUL was found; null where nothing is mapped. */
export function stringAt(
  user: UserReader,
  address: number,
  limit: number,
): { readonly bytes: Uint8Array; readonly ended: boolean } | null {
  const bytes = user(address >>> 0, limit);
  const end = bytes.indexOf(0);
  if (end >= 0) return { bytes: bytes.subarray(0, end), ended: true };
  if (bytes.length < limit) return null;
  return { bytes, ended: false };
}
