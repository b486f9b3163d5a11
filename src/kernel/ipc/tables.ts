import { PAGE } from '../memory/frames.ts';
import type { Ipc } from './ipc.ts';
import type { IpcObject } from './object.ts';

/** A number right-aligned in `width` characters, as printf writes it. */
const pad = (value: number, width: number): string => `${value}`.padStart(width);
/** Widths of sizes are those of a 64-bit kernel. */
const SIZE = 21;

function head({ key, id, mode }: IpcObject): string {
  return `${pad(key | 0, 10)} ${pad(id, 10)}  ${mode.toString(8).padStart(4)} `;
}

function owners({ uid, gid, creatorUid, creatorGid }: IpcObject): string {
  return [uid, gid, creatorUid, creatorGid].map((id) => pad(id, 5)).join(' ');
}

const times = (...seconds: readonly number[]): string => seconds.map((time) => pad(time, 10)).join(' ');

function segmentTable({ segments }: Ipc): string {
  const title =
    '       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap\n';
  const rows = segments.list().map((segment) => {
    const { length, creator, lastPid, attached, attachTime, detachTime, changed, resident } = segment;
    const pids = `${pad(creator, 5)} ${pad(lastPid, 5)}  ${pad(attached, 5)}`;
    const when = times(attachTime, detachTime, changed);
    const sizes = `${pad(resident * PAGE, SIZE)} ${pad(0, SIZE)}`;
    return `${head(segment)}${pad(length, SIZE)} ${pids} ${owners(segment)} ${when} ${sizes}\n`;
  });
  return title + rows.join('');
}

function semaphoreTable({ semaphores }: Ipc): string {
  const title = '       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n';
  const rows = semaphores
    .list()
    .map((set) => `${head(set)}${pad(set.values.length, 10)} ${owners(set)} ${times(set.operated, set.changed)}\n`);
  return title + rows.join('');
}

function queueTable({ queues }: Ipc): string {
  const title =
    '       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      stime      rtime      ctime\n';
  const rows = queues.list().map((queue) => {
    const { bytes, messages, lastSender, lastReceiver, sent, received, changed } = queue;
    const counts = `${pad(bytes, 10)} ${pad(messages.length, 10)} ${pad(lastSender, 5)} ${pad(lastReceiver, 5)}`;
    return `${head(queue)} ${counts} ${owners(queue)} ${times(sent, received, changed)}\n`;
  });
  return title + rows.join('');
}

/** The files of /proc/sysvipc (proc_sysvipc(5)) by name. */
export const IPC_TABLES = { msg: queueTable, sem: semaphoreTable, shm: segmentTable } as const;
