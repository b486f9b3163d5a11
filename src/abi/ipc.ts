/**
 * System V IPC and POSIX message queues as i386 programs see them: commands, limits and structures
 * (include/uapi/linux/{ipc,sem,shm,msg,mqueue}.h, arch/x86/include/uapi/asm).
 */
import { layout } from './structs.ts';

// Commands of semctl, shmctl, msgctl beside IPC_RMID, IPC_SET, IPC_STAT
export const IPC_INFO = 3;
/** In a command of ipc(117): the structures are the wide ones. The direct calls always use these. */
export const IPC_64 = 0x100;
export const MSG_STAT = 11;
export const MSG_INFO = 12;
export const MSG_STAT_ANY = 13;
export const SHM_LOCK = 11;
export const SHM_UNLOCK = 12;
export const SHM_STAT = 13;
export const SHM_INFO = 14;
export const SHM_STAT_ANY = 15;
export const GETPID = 11;
export const GETVAL = 12;
export const GETALL = 13;
export const GETNCNT = 14;
export const GETZCNT = 15;
export const SETVAL = 16;
export const SETALL = 17;
export const SEM_STAT = 18;
export const SEM_INFO = 19;
export const SEM_STAT_ANY = 20;

export const SEM_UNDO = 0x1000;
export const MSG_NOERROR = 0o10000;
export const MSG_EXCEPT = 0o20000;
export const MSG_COPY = 0o40000;
export const SHM_HUGETLB = 0o4000;
export const SHM_RDONLY = 0o10000;
export const SHM_RND = 0o20000;
export const SHM_REMAP = 0o40000;
export const SHM_EXEC = 0o100000;
/** Bits of shm_perm.mode: goes away with the last detach; cannot be paged out. */
export const SHM_DEST = 0o1000;
export const SHM_LOCKED = 0o2000;

// Limits
export const SEMMNI = 32000;
export const SEMMSL = 32000;
export const SEMMNS = 1024000000;
export const SEMOPM = 500;
export const SEMVMX = 32767;
/** Furthest that one process's undo adjustment goes; the other way one more. */
export const SEMAEM = SEMVMX;
/** What seminfo.semusz says where it is not the number of arrays. */
export const SEMUSZ = 20;
export const SHMMNI = 4096;
export const SHMALL = 0xfeffffff;
export const MSGMNI = 32000;
export const MSGMAX = 8192;
export const MSGMNB = 16384;
export const MSGSSZ = 16;
export const MSGSEG = 0xffff;
export const MQ_PRIO_MAX = 32768;

// The calls that ipc(117) multiplexes
export const SEMOP = 1;
export const SEMGET = 2;
export const SEMCTL = 3;
export const SEMTIMEDOP = 4;
export const MSGSND = 11;
export const MSGRCV = 12;
export const MSGGET = 13;
export const MSGCTL = 14;
export const SHMAT = 21;
export const SHMDT = 22;
export const SHMGET = 23;
export const SHMCTL = 24;

/** struct sembuf. */
export const SEMBUF = layout('sembuf', { sem_num: 2, sem_op: 2, sem_flg: 2 });

const OLD_PERM = { key: 4, uid: 2, gid: 2, cuid: 2, cgid: 2, mode: 2, seq: 2 } as const;
const PERM = {
  key: 4,
  uid: 4,
  gid: 4,
  cuid: 4,
  cgid: 4,
  mode: 2,
  pad1: 2,
  seq: 2,
  pad2: 2,
  unused1: 4,
  unused2: 4,
} as const;

/** struct semid_ds, and struct semid64_ds (IPC_64). */
export const OLD_SEMID = layout('semid_ds', {
  ...OLD_PERM,
  otime: 4,
  ctime: 4,
  base: 4,
  pending: 4,
  pending_last: 4,
  undo: 4,
  nsems: 2,
  pad: 2,
});
export const SEMID = layout('semid64_ds', {
  ...PERM,
  otime: 4,
  otime_high: 4,
  ctime: 4,
  ctime_high: 4,
  nsems: 4,
  unused3: 4,
  unused4: 4,
});

/** struct msqid_ds, and struct msqid64_ds (IPC_64). */
export const OLD_MSQID = layout('msqid_ds', {
  ...OLD_PERM,
  first: 4,
  last: 4,
  stime: 4,
  rtime: 4,
  ctime: 4,
  lcbytes: 4,
  lqbytes: 4,
  cbytes: 2,
  qnum: 2,
  qbytes: 2,
  lspid: 2,
  lrpid: 2,
  pad: 2,
});
export const MSQID = layout('msqid64_ds', {
  ...PERM,
  stime: 4,
  stime_high: 4,
  rtime: 4,
  rtime_high: 4,
  ctime: 4,
  ctime_high: 4,
  cbytes: 4,
  qnum: 4,
  qbytes: 4,
  lspid: 4,
  lrpid: 4,
  unused4: 4,
  unused5: 4,
});

/** struct shmid_ds, and struct shmid64_ds (IPC_64). */
export const OLD_SHMID = layout('shmid_ds', {
  ...OLD_PERM,
  segsz: 4,
  atime: 4,
  dtime: 4,
  ctime: 4,
  cpid: 2,
  lpid: 2,
  nattch: 2,
  unused: 2,
  unused2: 4,
  unused3: 4,
});
export const SHMID = layout('shmid64_ds', {
  ...PERM,
  segsz: 4,
  atime: 4,
  atime_high: 4,
  dtime: 4,
  dtime_high: 4,
  ctime: 4,
  ctime_high: 4,
  cpid: 4,
  lpid: 4,
  nattch: 4,
  unused4: 4,
  unused5: 4,
});

/** struct seminfo (IPC_INFO, SEM_INFO). */
export const SEMINFO = layout('seminfo', {
  semmap: 4,
  semmni: 4,
  semmns: 4,
  semmnu: 4,
  semmsl: 4,
  semopm: 4,
  semume: 4,
  semusz: 4,
  semvmx: 4,
  semaem: 4,
});

/** struct msginfo (IPC_INFO, MSG_INFO). */
export const MSGINFO = layout('msginfo', {
  msgpool: 4,
  msgmap: 4,
  msgmax: 4,
  msgmnb: 4,
  msgmni: 4,
  msgssz: 4,
  msgtql: 4,
  msgseg: 2,
  pad: 2,
});

/** struct shminfo, and struct shminfo64 (IPC_INFO with IPC_64). */
export const OLD_SHMINFO = layout('shminfo', { shmmax: 4, shmmin: 4, shmmni: 4, shmseg: 4, shmall: 4 });
export const SHMINFO = layout('shminfo64', {
  shmmax: 4,
  shmmin: 4,
  shmmni: 4,
  shmseg: 4,
  shmall: 4,
  unused1: 4,
  unused2: 4,
  unused3: 4,
  unused4: 4,
});

/** struct shm_info (SHM_INFO). */
export const SHM_USED = layout('shm_info', {
  used_ids: 4,
  shm_tot: 4,
  shm_rss: 4,
  shm_swp: 4,
  swap_attempts: 4,
  swap_successes: 4,
});

/** struct ipc_kludge: what msgrcv's pointer leads to in version 0 of ipc(117). */
export const IPC_KLUDGE = layout('ipc_kludge', { msgp: 4, msgtyp: 4 });

/** struct mq_attr. */
export const MQ_ATTR = layout('mq_attr', {
  mq_flags: 4,
  mq_maxmsg: 4,
  mq_msgsize: 4,
  mq_curmsgs: 4,
  reserved1: 4,
  reserved2: 4,
  reserved3: 4,
  reserved4: 4,
});

/** struct sigevent: its value, signal and kind of notice. */
export const SIGEVENT = layout('sigevent', { sigev_value: 4, sigev_signo: 4, sigev_notify: 4, rest: 52 });
