import { EINVAL } from '../../abi/errno.ts';
import { MSG_DONTWAIT, O_NONBLOCK } from '../../abi/flags.ts';
import type { FilesCore } from '../files/core.ts';
import type { FileOps, OpenFile } from '../files/open-file.ts';
import { lengthOf } from '../files/ranges.ts';
import { type Mover, type Segments, TRANSFER_MAX } from '../files/transfer.ts';
import { receive, send } from './exchange.ts';
import { controlSocket } from './interface.ts';
import { networkOf } from './network.ts';
import type { Sender } from './packet.ts';
import type { Pending, Socket } from './socket.ts';

/** Sockets as open files. A read or write is one message, however long. */
export const socketOps: FileOps<Socket> = {
  name: 'socket',
  seekable: false,
  read: () => -EINVAL,
  write: () => -EINVAL,
  move,
  poll: (_core, { state }) => state.how.poll(state),
  queue: (_core, { state }, writing) => (writing ? state.canWrite : state.canRead),
  ioctl: (_core, { state }, caller, request, argument) => controlSocket(state, caller, request, argument),
  close: (core, { state }) => state.how.close(networkOf(core), state),
  audit: (_core, [{ state, handle }], books) => books.holds('socket', state.number, `open file ${handle}`),
};

/** Whether an open file is a socket. */
export function isSocket(file: OpenFile): file is OpenFile<Socket> & OpenFile {
  return file.ops === (socketOps as FileOps);
}

/** Who a process is to those whom it sends to. */
export function senderOf(core: FilesCore, pid: number): Sender {
  const { realUid, realGid } = core.tasks.credentials(pid);
  return { pid, uid: realUid, gid: realGid };
}

/** read(2), write(2) and their kin. */
function move(core: FilesCore, mover: Mover, file: OpenFile<Socket>, segments: Segments, writing: boolean): Pending {
  const socket = file.state;
  const total = Math.min(lengthOf(segments), TRANSFER_MAX);
  const flags = file.flags & O_NONBLOCK ? MSG_DONTWAIT : 0;
  const common = { user: mover.user, pid: mover.pid, segments, total, flags, done: 0 };
  const network = networkOf(core);
  if (!writing) {
    if (total === 0) return 0;
    return receive(network, socket, {
      ...common,
      from: undefined,
      sender: undefined,
      rights: [],
      outFlags: 0,
      dropsRights: true,
    });
  }
  return send(network, socket, {
    ...common,
    address: undefined,
    target: undefined,
    rights: [],
    sender: senderOf(core, mover.pid),
    named: socket.settings.passCredentials,
  });
}
