/**
 * Addresses of AF_INET and AF_INET6 as one number each: an IPv4 address with its first byte highest, `LOOPBACK6` for ::1,
 * 0 for any. That is all that a machine with nothing but a loopback has; every other address is `ELSEWHERE`.
 */
import { AF_INET, AF_INET6 } from '../../abi/flags.ts';

/** 127.0.0.1 and ::1. */
export const LOOPBACK = 0x7f000001;
export const LOOPBACK6 = 0x1_0000_0001;
/** An IPv6 address that is not this machine's. */
export const ELSEWHERE = 0x2_0000_0000;
/** Bytes of a struct sockaddr_in, of a struct sockaddr_in6, and of the latter without its scope (RFC 2133), which will do. */
export const ADDRESS_SIZE = 16;
export const ADDRESS6_SIZE = 28;
export const ADDRESS6_LEAST = 24;
/** What an address, or a socket that is bound to any, covers; combine with `|`. */
export const V4 = 1;
export const V6 = 2;

/** An address and a port. */
export interface Endpoint {
  readonly address: number;
  readonly port: number;
}

export function familyOf(bytes: Uint8Array): number {
  return bytes[0] | (bytes[1] << 8);
}

/** The address and port of a struct sockaddr_in: big endian both. */
export function parse(bytes: Uint8Array): Endpoint {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { address: view.getUint32(4), port: view.getUint16(2) };
}

/** The address and port of a struct sockaddr_in6, and whether the address is an IPv4 one in it (::ffff:0:0/96). */
export function parse6(bytes: Uint8Array): Endpoint & { readonly mapped: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const port = view.getUint16(2);
  const [a, b, c, d] = [8, 12, 16, 20].map((at) => view.getUint32(at));
  if ((a | b) !== 0) return { address: ELSEWHERE, port, mapped: false };
  if (c === 0xffff) return { address: d, port, mapped: true };
  return { address: c !== 0 || d > 1 ? ELSEWHERE : d === 1 ? LOOPBACK6 : 0, port, mapped: false };
}

/** A struct sockaddr_in. */
export function addressOf(address: number, port: number): Uint8Array {
  const bytes = new Uint8Array(ADDRESS_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_INET, true);
  view.setUint16(2, port);
  view.setUint32(4, address);
  return bytes;
}

/** The 16 bytes of an address in IPv6; 0 is :: unless it is `mapped`. */
export function bytes6(address: number, mapped = address !== 0): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  if (address === LOOPBACK6) bytes[15] = 1;
  else if (mapped) {
    view.setUint16(10, 0xffff);
    view.setUint32(12, address);
  }
  return bytes;
}

/** An address and port as a socket of a family sees it; `mapped` says that 0 is any IPv4 address. */
export function nameFor(family: number, { address, port }: Endpoint, mapped?: boolean): Uint8Array {
  if (family !== AF_INET6) return addressOf(address, port);
  const bytes = new Uint8Array(ADDRESS6_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_INET6, true);
  view.setUint16(2, port);
  bytes.set(bytes6(address, mapped || address !== 0), 8);
  return bytes;
}

/** Whether an address is this machine's: 127.0.0.0/8 and ::1. */
export function isLoopback(address: number): boolean {
  return address === LOOPBACK6 || Math.floor(address / 0x1000000) === 127;
}

/** Whether an address that is not 0 is an IPv4 or an IPv6 one. */
export function versionOf(address: number): number {
  return address >= 0x1_0000_0000 ? V6 : V4;
}

/** The address from which this machine speaks to another of its own. */
export function sourceFor(to: number): number {
  return versionOf(to) === V6 ? LOOPBACK6 : LOOPBACK;
}
