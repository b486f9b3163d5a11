import { EBADF, EINVAL, EPERM } from '../../abi/errno.ts';
import { AF_UNIX, MSG_CMSG_CLOEXEC, MSG_CTRUNC, RLIMIT_NOFILE, SOL_SOCKET } from '../../abi/flags.ts';
import { SCM_CREDENTIALS, SCM_MAX_FD, SCM_RIGHTS } from '../../abi/sockets.ts';
import type { Caller } from '../call.ts';
import { dropFile, type OpenFile } from '../files/open-file.ts';
import { besides, SENT_HOPS, SENT_SERVICE } from './ancillary.ts';
import { isInet } from './inet.ts';
import type { Sender } from './packet.ts';
import type { Incoming, Socket } from './socket.ts';

/** Bytes of a struct cmsghdr. */
const HEADER = 12;

/** What control messages say. */
export interface Control {
  readonly rights: readonly OpenFile[];
  /** Credentials, when they are given. */
  readonly sender: Sender | undefined;
  /** Time to live and type of service of a datagram, when they are given. */
  readonly hops?: number | undefined;
  readonly service?: number | undefined;
}

/** Nothing beside the bytes. */
export const NO_CONTROL: Control = { rights: [], sender: undefined };

const aligned = (length: number): number => (length + 3) & ~3;

/** Reads the control messages of a sendmsg(2); -errno (cmsg(3), unix(7)). */
export function parseControl(caller: Caller, socket: Socket, bytes: Uint8Array): Control | number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const rights: OpenFile[] = [];
  let sender: Sender | undefined;
  let hops: number | undefined;
  let service: number | undefined;
  // As for 32-bit programs on a 64-bit kernel: something that is too short for one message is an error.
  if (bytes.length < HEADER) return -EINVAL;
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const length = view.getUint32(at, true);
    if (length < HEADER || length > bytes.length - at) return -EINVAL;
    if (view.getInt32(at + 4, true) === SOL_SOCKET) {
      const type = view.getInt32(at + 8, true);
      if (type === SCM_RIGHTS && socket.family === AF_UNIX) {
        const failed = readRights(caller, view, at + HEADER, (length - HEADER) >> 2, rights);
        if (failed < 0) return failed;
      } else if (type === SCM_CREDENTIALS && socket.family === AF_UNIX) {
        if (length !== HEADER + 12) return -EINVAL;
        const word = (n: number) => view.getInt32(at + HEADER + n * 4, true);
        sender = { pid: word(0), uid: word(1), gid: word(2) };
        if (!mayBe(caller, sender)) return -EPERM;
      } else if (type !== SCM_RIGHTS && type !== SCM_CREDENTIALS) return -EINVAL;
    } else if (isInet(socket) && length >= HEADER + 4) {
      const key = `${view.getInt32(at + 4, true)}:${view.getInt32(at + 8, true)}`;
      if (SENT_HOPS.has(key)) hops = view.getInt32(at + HEADER, true);
      if (SENT_SERVICE.has(key)) service = view.getInt32(at + HEADER, true);
    }
    at += aligned(length);
  }
  return { rights, sender, hops, service };
}

function readRights(
  { services, table }: Caller,
  view: DataView,
  at: number,
  count: number,
  rights: OpenFile[],
): number {
  if (rights.length + count > SCM_MAX_FD) return -EINVAL;
  const descriptors = services.files.table(table);
  for (let i = 0; i < count; i++) {
    const file = descriptors.get(view.getInt32(at + i * 4, true));
    if (!file) return -EBADF;
    rights.push(file);
  }
  return 0;
}

/** Root may pretend to be anybody. */
function mayBe({ pid, credentials }: Caller, sender: Sender): boolean {
  const { uid, gid, realUid, realGid } = credentials;
  if (uid === 0) return true;
  return (
    sender.pid === pid &&
    (sender.uid === uid || sender.uid === realUid) &&
    (sender.gid === gid || sender.gid === realGid)
  );
}

/** Control messages as they are written into `room` bytes: what does not fit is cut off (put_cmsg). */
class Writer {
  readonly #room: number;
  readonly #bytes: number[] = [];
  truncated = false;

  constructor(room: number) {
    this.#room = room;
  }

  get left(): number {
    return this.#room - this.#bytes.length;
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  put(type: number, words: readonly number[]): void {
    this.putBytes(SOL_SOCKET, type, new Uint8Array(Int32Array.from(words).buffer));
  }

  putBytes(level: number, type: number, content: Uint8Array): void {
    if (this.left < HEADER) {
      this.truncated = true;
      return;
    }
    const whole = HEADER + content.length;
    const length = Math.min(whole, this.left);
    if (length < whole) this.truncated = true;
    const head = new Uint8Array(Int32Array.of(length, level, type).buffer);
    this.#bytes.push(...head, ...content.subarray(0, length - HEADER));
    while (this.#bytes.length % 4 !== 0 && this.left > 0) this.#bytes.push(0);
  }
}

/**
 * The control messages of a received message, at most `room` bytes: credentials when they are asked for, and files,
 * which get descriptors of the caller. Files without room or descriptor are closed. Sets MSG_CTRUNC in the message.
 */
export function writeControl(caller: Caller, socket: Socket, message: Incoming, room: number): Uint8Array {
  const writer = new Writer(room);
  const { sender, rights, journey } = message;
  for (const [level, type, bytes] of message.beside ?? []) writer.putBytes(level, type, bytes);
  if (journey) for (const [level, type, bytes] of besides(socket, journey)) writer.putBytes(level, type, bytes);
  if (socket.settings.passCredentials && socket.family === AF_UNIX && sender)
    writer.put(SCM_CREDENTIALS, [sender.pid, sender.uid, sender.gid]);
  if (rights.length > 0) {
    const most = Math.max(0, Math.floor((writer.left - HEADER) / 4));
    const numbers = install(caller, rights, Math.min(most, rights.length), (message.flags & MSG_CMSG_CLOEXEC) !== 0);
    if (numbers.length > 0) writer.put(SCM_RIGHTS, numbers);
    if (numbers.length < rights.length) writer.truncated = true;
    message.rights = [];
  }
  if (writer.truncated) message.outFlags |= MSG_CTRUNC;
  return writer.bytes;
}

/** Gives the first `most` files descriptors and closes the rest. */
function install(caller: Caller, files: readonly OpenFile[], most: number, closeOnExec: boolean): number[] {
  const { core } = caller.services.files;
  const table = caller.services.files.table(caller.table);
  const numbers: number[] = [];
  let full = false;
  for (const [i, file] of files.entries()) {
    if (full || i >= most) {
      dropFile(core, file);
      continue;
    }
    const fd = table.add(file, closeOnExec, caller.limit(RLIMIT_NOFILE));
    if (fd < 0) full = true;
    else numbers.push(fd);
  }
  return numbers;
}
