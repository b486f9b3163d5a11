import {
  EACCES,
  EADDRINUSE,
  EADDRNOTAVAIL,
  EAFNOSUPPORT,
  EAGAIN,
  EINVAL,
  ENETUNREACH,
  ENOTCONN,
} from '../../abi/errno.ts';
import { AF_INET, AF_UNSPEC } from '../../abi/flags.ts';
import type { Credentials } from '../services.ts';
import type { Network } from './network.ts';
import type { Ports } from './ports.ts';
import type { Socket } from './socket.ts';

/** 127.0.0.1 as a number whose highest byte is the first. */
export const LOOPBACK = 0x7f000001;
/** Bytes of a struct sockaddr_in. */
export const ADDRESS_SIZE = 16;
/** Ports below this are root's. */
const UNPRIVILEGED = 1024;

/** An address and a port. */
export interface Endpoint {
  readonly address: number;
  readonly port: number;
}

/** The address and port of a struct sockaddr_in: big endian both. */
export function parse(bytes: Uint8Array): Endpoint {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { address: view.getUint32(4), port: view.getUint16(2) };
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

export function familyOf(bytes: Uint8Array): number {
  return bytes[0] | (bytes[1] << 8);
}

/** The only network is the machine's own: 127.0.0.0/8. */
export function isLoopback(address: number): boolean {
  return address >>> 24 === 127;
}

/** The address that a destination stands for; -ENETUNREACH when it is not this machine. */
export function destination(address: number): number {
  if (address === 0) return LOOPBACK;
  return isLoopback(address) ? address : -ENETUNREACH;
}

/** bind(2): an address of this machine and a port that nobody else has; port 0 is any that is free. */
export function bind(ports: Ports, socket: Socket, bytes: Uint8Array, who: Credentials): number {
  if (bytes.length < ADDRESS_SIZE) return -EINVAL;
  const { address, port } = parse(bytes);
  const family = familyOf(bytes);
  if (family !== AF_INET && !(family === AF_UNSPEC && address === 0)) return -EAFNOSUPPORT;
  if (address !== 0 && !isLoopback(address)) return -EADDRNOTAVAIL;
  if (port !== 0 && port < UNPRIVILEGED && who.uid !== 0) return -EACCES;
  if (socket.port !== 0 || socket.state !== 'new') return -EINVAL;
  const chosen = port || ports.free();
  if (chosen === 0 || !ports.permits(socket, address, chosen, socket.isDatagram)) return -EADDRINUSE;
  socket.address = address;
  socket.addressIsChosen = address !== 0;
  socket.portIsChosen = port !== 0;
  ports.add(socket, chosen);
  return 0;
}

/** A port for a socket that has none yet; -EAGAIN when all are taken. */
export function autobind(ports: Ports, socket: Socket): number {
  if (socket.port !== 0) return 0;
  const port = ports.free();
  if (port === 0) return -EAGAIN;
  ports.add(socket, port);
  return 0;
}

export function localName(socket: Socket): Uint8Array {
  return addressOf(socket.address, socket.port);
}

export function remoteName(socket: Socket): Uint8Array | number {
  return socket.remotePort === 0 || socket.state !== 'connected'
    ? -ENOTCONN
    : addressOf(socket.remoteAddress, socket.remotePort);
}

/** A connection is over: what bind(2) did not choose is given up (SOCK_BINDADDR_LOCK, SOCK_BINDPORT_LOCK). */
export function giveUp(ports: Ports, socket: Socket): void {
  if (!socket.addressIsChosen) socket.address = 0;
  if (socket.portIsChosen || socket.port === 0) return;
  ports.remove(socket);
  socket.port = 0;
}

/** The port is free again. */
export function unbind(network: Network, socket: Socket): void {
  const ports = socket.isStream ? network.tcp : network.udp;
  if (socket.port !== 0) ports.remove(socket);
  network.sockets.delete(socket);
}
