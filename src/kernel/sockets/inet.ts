import { CAP_NET_BIND_SERVICE } from '../../abi/capabilities.ts';
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
import { AF_INET, AF_INET6, AF_UNSPEC } from '../../abi/flags.ts';
import { capable } from '../capabilities.ts';
import type { Credentials } from '../services.ts';
import * as A from './address.ts';
import type { Network } from './network.ts';
import type { Ports } from './ports.ts';
import type { Socket } from './socket.ts';

/** Ports below this are root's. */
const UNPRIVILEGED = 1024;

/** Whether a socket is of AF_INET or AF_INET6. */
export function isInet({ family }: Socket): boolean {
  return family === AF_INET || family === AF_INET6;
}

/** The address that a destination stands for; -ENETUNREACH when it is not this machine. */
export function destination(address: number, any = A.LOOPBACK): number {
  if (address === 0) return any;
  return A.isLoopback(address) ? address : -ENETUNREACH;
}

/**
 * Where a struct sockaddr that a connect or send names leads to for a socket, the destination 0 being this machine;
 * -EINVAL, -EAFNOSUPPORT, -ENETUNREACH. `other`: an IPv6 socket takes a struct sockaddr_in too (datagrams).
 */
export function destinationOf(socket: Socket, bytes: Uint8Array, other: boolean): A.Endpoint | number {
  const family = A.familyOf(bytes);
  if (socket.family === AF_INET6 && !(other && family === AF_INET)) {
    if (bytes.length < A.ADDRESS6_LEAST) return -EINVAL;
    if (family !== AF_INET6) return -EAFNOSUPPORT;
    const { address, port, mapped } = A.parse6(bytes);
    return reached(socket, { address: address || (mapped ? A.LOOPBACK : A.LOOPBACK6), port });
  }
  if (bytes.length < A.ADDRESS_SIZE) return -EINVAL;
  if (family !== AF_INET) return -EAFNOSUPPORT;
  const { address, port } = A.parse(bytes);
  return reached(socket, { address: address || A.LOOPBACK, port });
}

/** A destination that the socket's own address and IPV6_V6ONLY let it speak to. */
function reached(socket: Socket, to: A.Endpoint): A.Endpoint | number {
  const version = A.versionOf(to.address);
  if (!(reachOf(socket) & version)) return -ENETUNREACH;
  return to;
}

/** Which versions of IP a socket hears: that of its address, or all that its family can. */
export function reachOf({ address, reach }: Socket): number {
  return address === 0 ? reach : A.versionOf(address);
}

/** bind(2): an address of this machine and a port that nobody else has; port 0 is any that is free. */
export function bind(ports: Ports, socket: Socket, bytes: Uint8Array, who: Credentials): number {
  const wanted = socket.family === AF_INET6 ? local6(socket, bytes) : local4(bytes);
  if (typeof wanted === 'number') return wanted;
  const { address, port, mapped } = wanted;
  if (address !== 0 && !A.isLoopback(address)) return -EADDRNOTAVAIL;
  if (port !== 0 && port < UNPRIVILEGED && !capable(who, CAP_NET_BIND_SERVICE)) return -EACCES;
  if (socket.port !== 0 || socket.state !== 'new') return -EINVAL;
  const chosen = port || ports.free();
  const { reach } = socket;
  if (mapped) socket.reach = A.V4;
  const taken = chosen === 0 || !ports.permits(socket, address, chosen, socket.isDatagram);
  if (taken) {
    socket.reach = reach;
    return -EADDRINUSE;
  }
  socket.address = address;
  socket.addressIsChosen = address !== 0;
  socket.portIsChosen = port !== 0;
  ports.add(socket, chosen);
  return 0;
}

type Local = (A.Endpoint & { readonly mapped: boolean }) | number;

function local4(bytes: Uint8Array): Local {
  if (bytes.length < A.ADDRESS_SIZE) return -EINVAL;
  const { address, port } = A.parse(bytes);
  const family = A.familyOf(bytes);
  if (family !== AF_INET && !(family === AF_UNSPEC && address === 0)) return -EAFNOSUPPORT;
  return { address, port, mapped: false };
}

function local6(socket: Socket, bytes: Uint8Array): Local {
  if (bytes.length < A.ADDRESS6_LEAST) return -EINVAL;
  if (A.familyOf(bytes) !== AF_INET6) return -EAFNOSUPPORT;
  const wanted = A.parse6(bytes);
  return wanted.mapped && !(socket.reach & A.V4) ? -EINVAL : wanted;
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
  return A.nameFor(socket.family, socket, socket.reach === A.V4);
}

export function remoteName(socket: Socket): Uint8Array | number {
  if (socket.remotePort === 0 || socket.state !== 'connected') return -ENOTCONN;
  return peerName(socket);
}

/** The other side's address, also when the connection has ended. */
export function peerName({ family, remoteAddress, remotePort }: Socket): Uint8Array {
  return A.nameFor(family, { address: remoteAddress, port: remotePort });
}

/** A connection is over: what bind(2) did not choose is given up (SOCK_BINDADDR_LOCK, SOCK_BINDPORT_LOCK). */
export function giveUp(ports: Ports, socket: Socket): void {
  if (!socket.addressIsChosen) socket.address = 0;
  if (socket.portIsChosen || socket.port === 0) return;
  ports.remove(socket);
  socket.port = 0;
}

/** The ports of a socket's protocol. */
export function portsOf({ tcp, udp, echo }: Network, { isStream, how }: Socket): Ports {
  if (isStream) return tcp;
  return how.name === 'icmp' ? echo : udp;
}

/** The port is free again. */
export function unbind(network: Network, socket: Socket): void {
  const ports = portsOf(network, socket);
  if (socket.port !== 0) ports.remove(socket);
  network.sockets.delete(socket);
}
