import * as f from '../../abi/flags.ts';
import { CHOICES, FLAG_SETS } from '../../abi/flagsets.ts';
import { CMSGHDR, DIRENT, DIRENT64, POLLFD } from '../../abi/structs.ts';
import type { UserReader } from '../../kernel/platform.ts';
import { stringAt, view, word } from './memory.ts';
import { controlText } from './sockets.ts';
import { choiceText, flagsText, pointer, quote, quoteHex, STRING_LIMIT } from './text.ts';

/** Most elements of an array (argv, iovec, pollfd) that are shown. */
const ARRAY_LIMIT = 32;
/** Most of a path that is read. */
const PATH_LIMIT = 4096;
/** Most environment strings that are counted. */
const ENV_LIMIT = 16384;

/** `length` bytes in quotes, at most STRING_LIMIT of them; the address where they cannot be read. */
export function bytesText(user: UserReader, address: number, length: number, encode = quote): string {
  if (address === 0) return 'NULL';
  if (length <= 0) return '""';
  const bytes = user(address >>> 0, Math.min(length, STRING_LIMIT));
  if (bytes.length < Math.min(length, STRING_LIMIT)) return pointer(address);
  return `${encode(bytes)}${length > STRING_LIMIT ? '...' : ''}`;
}

/** As bytesText, every byte in hexadecimal. */
export function randomText(user: UserReader, address: number, length: number): string {
  return bytesText(user, address, length, quoteHex);
}

/** A string that ends in NUL, at most `limit` bytes of it. */
export function stringText(user: UserReader, address: number, limit = STRING_LIMIT): string {
  if (address === 0) return 'NULL';
  const found = stringAt(user, address, limit + 1);
  if (!found) return pointer(address);
  return found.ended && found.bytes.length <= limit
    ? quote(found.bytes)
    : `${quote(found.bytes.subarray(0, limit))}...`;
}

/** A path: a string shown whole. */
export function pathText(user: UserReader, address: number): string {
  return stringText(user, address, PATH_LIMIT);
}

/** An array of strings (argv), '["ls", "-l"]'. */
export function argvText(user: UserReader, address: number): string {
  if (address === 0) return 'NULL';
  if (word(user, address) === null) return pointer(address);
  const items: string[] = [];
  for (let i = 0; i < ARRAY_LIMIT; i++) {
    const item = word(user, address + 4 * i);
    if (item === null) return `[${[...items, `... /* ${pointer(address + 4 * i)} */`].join(', ')}]`;
    if (item === 0) return `[${items.join(', ')}]`;
    items.push(stringText(user, item));
  }
  const next = word(user, address + 4 * ARRAY_LIMIT);
  return `[${items.join(', ')}${next === 0 ? '' : ', ...'}]`;
}

/** An environment: its address and how many strings it has. */
export function envpText(user: UserReader, address: number): string {
  if (address === 0) return 'NULL';
  let count = 0;
  let item = word(user, address);
  if (item === null) return pointer(address);
  while (item !== null && item !== 0 && count < ENV_LIMIT) item = word(user, address + 4 * ++count);
  return `${pointer(address)} /* ${count} var${count === 1 ? '' : 's'}${item === null ? ', unterminated' : ''} */`;
}

/** An iovec array; `data` says how many bytes of the buffers together hold data, -1 = addresses only. */
export function iovecText(user: UserReader, address: number, count: number, data: number): string {
  if (address === 0) return 'NULL';
  if (count === 0) return '[]';
  const items: string[] = [];
  let left = data;
  for (let i = 0; i < Math.min(count >>> 0, ARRAY_LIMIT); i++) {
    const v = view(user, address + 8 * i, 8);
    if (!v) return i === 0 ? pointer(address) : `[${[...items, '...'].join(', ')}]`;
    const base = v.getUint32(0, true);
    const length = v.getUint32(4, true);
    const shown = Math.min(length, Math.max(left, 0));
    items.push(`{iov_base=${data < 0 ? pointer(base) : bytesText(user, base, shown)}, iov_len=${length}}`);
    left -= length;
  }
  return `[${items.join(', ')}${count >>> 0 > ARRAY_LIMIT ? ', ...' : ''}]`;
}

/** A pollfd array: what is asked for. */
export function pollfdsText(user: UserReader, address: number, count: number): string {
  if (address === 0) return 'NULL';
  const items: string[] = [];
  for (let i = 0; i < Math.min(count >>> 0, ARRAY_LIMIT); i++) {
    const v = view(user, address + POLLFD.size * i, POLLFD.size);
    if (!v) return i === 0 ? pointer(address) : `[${[...items, '...'].join(', ')}]`;
    const fd = v.getInt32(0, true);
    items.push(fd < 0 ? `{fd=${fd}}` : `{fd=${fd}, events=${flagsText(FLAG_SETS.poll, v.getUint16(4, true))}}`);
  }
  return `[${items.join(', ')}${count >>> 0 > ARRAY_LIMIT ? ', ...' : ''}]`;
}

/** What poll(2) found: '[{fd=4, revents=POLLOUT}]'. */
export function readyText(user: UserReader, address: number, count: number): string {
  const items: string[] = [];
  for (let i = 0; i < Math.min(count, 1024); i++) {
    const v = view(user, address + POLLFD.size * i, POLLFD.size);
    const revents = v?.getUint16(6, true) ?? 0;
    if (v && revents !== 0) items.push(`{fd=${v.getInt32(0, true)}, revents=${flagsText(FLAG_SETS.poll, revents)}}`);
  }
  return `[${items.join(', ')}]`;
}

/** The members of a descriptor set of `count` bits: '[0 3]'. */
export function fdsetText(user: UserReader, address: number, count: number): string {
  if (address === 0) return 'NULL';
  if (count < 0) return pointer(address);
  const bits = Math.min(count, 1024);
  const bytes = user(address >>> 0, 4 * Math.ceil(bits / 32));
  if (bytes.length < Math.ceil(bits / 8)) return pointer(address);
  const members: number[] = [];
  for (let fd = 0; fd < bits; fd++) if ((bytes[fd >>> 3] >>> (fd & 7)) & 1) members.push(fd);
  return `[${members.join(' ')}]`;
}

/** A directory buffer of `length` bytes: its address and how many records it holds. */
export function direntsText(user: UserReader, address: number, length: number, wide: boolean): string {
  const bytes = user(address >>> 0, length);
  const at = wide ? DIRENT64.at.d_reclen : DIRENT.at.d_reclen;
  let count = 0;
  let size = 0;
  for (let i = 0; i + at + 2 <= bytes.length; i += size) {
    size = bytes[i + at] | (bytes[i + at + 1] << 8);
    if (size === 0) break;
    count++;
  }
  return `${pointer(address)} /* ${count} ${count === 1 ? 'entry' : 'entries'} */`;
}

/** A list of group ids, 2 or 4 bytes each. */
export function groupsText(user: UserReader, address: number, count: number, size: 2 | 4): string {
  if (address === 0) return 'NULL';
  const shown = Math.min(count, ARRAY_LIMIT);
  const v = view(user, address, shown * size);
  if (!v) return pointer(address);
  const ids = Array.from({ length: shown }, (_, i) =>
    size === 2 ? v.getUint16(i * 2, true) : v.getUint32(i * 4, true),
  );
  return `[${ids.join(', ')}${count > shown ? ', ...' : ''}]`;
}

/** A socket address of `length` bytes (unix(7), ip(7)). */
export function sockaddrText(user: UserReader, address: number, length: number): string {
  if (address === 0) return 'NULL';
  const v = length >= 2 ? view(user, address, Math.min(length, 128)) : null;
  if (!v) return pointer(address);
  const family = v.getUint16(0, true);
  const head = `{sa_family=${choiceText(CHOICES.af, family)}`;
  const bytes = new Uint8Array(v.buffer, v.byteOffset, v.byteLength);
  if (family === f.AF_UNIX && length === 2) return `${head}}`;
  if (family === f.AF_UNIX && bytes[2] === 0) return `${head}, sun_path=@${quote(bytes.subarray(3))}}`;
  if (family === f.AF_UNIX) {
    const end = bytes.indexOf(0, 2);
    return `${head}, sun_path=${quote(bytes.subarray(2, end < 0 ? bytes.length : end))}}`;
  }
  if (family === f.AF_INET && length >= 8)
    return `${head}, sin_port=htons(${v.getUint16(2)}), sin_addr=inet_addr("${bytes.subarray(4, 8).join('.')}")}`;
  return `${head}, sa_data=${quote(bytes.subarray(2))}}`;
}

/** struct msghdr of sendmsg(2) and recvmsg(2); `data` as in iovecText. */
export function msghdrText(user: UserReader, address: number, data: number): string {
  if (address === 0) return 'NULL';
  const v = view(user, address, 28);
  if (!v) return pointer(address);
  const at = (i: number): number => v.getUint32(i * 4, true);
  const name = sockaddrText(user, at(0), at(1));
  const messages = at(5) >= CMSGHDR.size && at(4) !== 0 ? view(user, at(4), Math.min(at(5), 4096)) : null;
  const shown = messages ? controlText(messages) : pointer(at(4));
  const control = at(5) >= CMSGHDR.size ? `msg_control=${shown}, ` : '';
  const iov = iovecText(user, at(2), at(3), data);
  return `{msg_name=${name}, msg_namelen=${at(1)}, msg_iov=${iov}, msg_iovlen=${at(3)}, ${control}msg_controllen=${at(5)}, msg_flags=${flagsText(FLAG_SETS.msg, at(6))}}`;
}
