/** The form of netlink(7) messages: headers, attributes, questions and their answers. */
import { EINVAL, EOPNOTSUPP } from '../../abi/errno.ts';

/** Bytes of a struct nlmsghdr, and NLMSG_* and NLM_F_*. */
const HEADER = 16;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const REQUEST = 1;
const MULTI = 2;
const ACK = 4;
const DUMP = 0x300;
const CAPPED = 0x100;
export const word = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
export const words = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);
export const text = (value: string): Uint8Array => Uint8Array.from(`${value}\0`, (c) => c.charCodeAt(0));
export const bytes4 = (address: number): Uint8Array =>
  Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address);

/** A head and attributes (pairs type, value) behind each other, each filled up to 4 bytes. */
export function body(head: Uint8Array, attributes: readonly (readonly [number, Uint8Array])[]): Uint8Array {
  const parts: number[] = [...head];
  for (const [type, value] of attributes) {
    const length = value.length + 4;
    parts.push(length & 255, length >> 8, type & 255, type >> 8, ...value);
    while (parts.length % 4 !== 0) parts.push(0);
  }
  return Uint8Array.from(parts);
}

/** A struct nlmsghdr and what follows it. */
function message(type: number, flags: number, sequence: number, port: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  view.setUint32(8, sequence, true);
  view.setUint32(12, port, true);
  bytes.set(content, HEADER);
  return bytes;
}

/** The value of an attribute behind a head of so many bytes. */
export function attribute(content: Uint8Array, head: number, wanted: number): Uint8Array | undefined {
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  for (let at = head; at + 4 <= content.length; ) {
    const length = view.getUint16(at, true);
    if (length < 4) return undefined;
    if ((view.getUint16(at + 2, true) & 0x3fff) === wanted) return content.subarray(at + 4, at + length);
    at += (length + 3) & ~3;
  }
  return undefined;
}

/** What a kind of netlink answers: `type` is the question's, `content` what follows its header. An errno, or messages (pairs type, body). */
export interface Answers {
  /** All that there is. */
  readonly dump: (type: number, content: Uint8Array) => readonly Reply[] | number;
  /** One thing. */
  readonly one: (type: number, content: Uint8Array) => Reply | number;
}
export type Reply = readonly [type: number, body: Uint8Array];

/** First type that is a question. */
const FIRST = 16;

/** The answers to the messages that a program with a port id has sent to the kernel: one array per message that it receives. */
export function answer(bytes: Uint8Array, port: number, answers: Answers): Uint8Array[] {
  const replies: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const length = view.getUint32(at, true);
    if (length < HEADER || length > bytes.length - at) break;
    replies.push(...answerOne(bytes.slice(at, at + length), port, answers));
    at += (length + 3) & ~3;
  }
  return replies;
}

function answerOne(whole: Uint8Array, port: number, { dump, one }: Answers): Uint8Array[] {
  const view = new DataView(whole.buffer);
  const type = view.getUint16(4, true);
  const flags = view.getUint16(6, true);
  const sequence = view.getUint32(8, true);
  const content = whole.slice(HEADER);
  const reply = ([kind, part]: Reply, multi = 0) => message(kind, multi, sequence, port, part);
  const status = (errno: number): Uint8Array => {
    const asked = errno ? whole : whole.subarray(0, HEADER);
    return message(NLMSG_ERROR, errno ? 0 : CAPPED, sequence, port, Uint8Array.of(...word(-errno), ...asked));
  };
  const acknowledged = flags & ACK ? [status(0)] : [];
  // Control messages, and what is no request, are not answered.
  if (!(flags & REQUEST) || type < FIRST) return acknowledged;
  if (content.length === 0) return [status(EINVAL)];
  if ((flags & DUMP) === 0) {
    const found = one(type, content);
    return typeof found === 'number' ? [status(found)] : [reply(found), ...acknowledged];
  }
  const found = dump(type, content);
  if (typeof found === 'number') return [status(found || EOPNOTSUPP)];
  const done = reply([NLMSG_DONE, word(0)], MULTI);
  return [...batches(found.map((part) => reply(part, MULTI))), done];
}

/** Most bytes of one message that a program receives, unless it has one part only. */
const BATCH = 8192;

/** Parts behind each other, as many at a time as a program can be expected to have room for. */
function batches(parts: readonly Uint8Array[]): Uint8Array[] {
  const all: number[][] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (last && last.length + part.length <= BATCH) last.push(...part);
    else all.push([...part]);
  }
  return all.map((batch) => Uint8Array.from(batch));
}
