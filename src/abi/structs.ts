/**
 * Layouts of the i386 structures that cross the system-call boundary (include/uapi, arch/x86/include/uapi).
 * Little endian, no hidden padding: every gap is a field of its own whose name starts with `pad`.
 * test/abi/headers.test.ts compares each with the kernel's headers.
 */

/** Where the fields of a structure lie: byte offsets in `at`, byte sizes in `sizes`, the whole in `size`. */
export interface Layout<F extends string = string> {
  readonly name: string;
  readonly size: number;
  readonly at: Readonly<Record<F, number>>;
  readonly sizes: Readonly<Record<F, number>>;
}

/** A layout from the sizes of its fields in order; the fields follow one another without gaps. */
export function layout<F extends string>(name: string, sizes: Readonly<Record<F, number>>): Layout<F> {
  const at = {} as Record<F, number>;
  let size = 0;
  for (const field of Object.keys(sizes) as F[]) {
    at[field] = size;
    size += sizes[field];
  }
  return { name, size, at, sizes };
}

// ---- files --------------------------------------------------------------------------------------------------------

/** struct __old_kernel_stat: oldstat(18), oldfstat(28), oldlstat(84). */
export const OLD_STAT = layout('__old_kernel_stat', {
  st_dev: 2,
  st_ino: 2,
  st_mode: 2,
  st_nlink: 2,
  st_uid: 2,
  st_gid: 2,
  st_rdev: 2,
  pad: 2,
  st_size: 4,
  st_atime: 4,
  st_mtime: 4,
  st_ctime: 4,
});

/** struct stat: stat(106), lstat(107), fstat(108). */
export const STAT = layout('stat', {
  st_dev: 4,
  st_ino: 4,
  st_mode: 2,
  st_nlink: 2,
  st_uid: 2,
  st_gid: 2,
  st_rdev: 4,
  st_size: 4,
  st_blksize: 4,
  st_blocks: 4,
  st_atime: 4,
  st_atime_nsec: 4,
  st_mtime: 4,
  st_mtime_nsec: 4,
  st_ctime: 4,
  st_ctime_nsec: 4,
  pad4: 4,
  pad5: 4,
});

/** struct stat64: stat64(195), lstat64(196), fstat64(197), fstatat64(300). `__st_ino` is the low word of `st_ino`. */
export const STAT64 = layout('stat64', {
  st_dev: 8,
  pad0: 4,
  __st_ino: 4,
  st_mode: 4,
  st_nlink: 4,
  st_uid: 4,
  st_gid: 4,
  st_rdev: 8,
  pad3: 4,
  st_size: 8,
  st_blksize: 4,
  st_blocks: 8,
  st_atime: 4,
  st_atime_nsec: 4,
  st_mtime: 4,
  st_mtime_nsec: 4,
  st_ctime: 4,
  st_ctime_nsec: 4,
  st_ino: 8,
});

/** struct statx_timestamp inside struct statx. */
export const STATX_TIMESTAMP = layout('statx_timestamp', { tv_sec: 8, tv_nsec: 4, pad: 4 });

/** struct statx: statx(383). */
export const STATX = layout('statx', {
  stx_mask: 4,
  stx_blksize: 4,
  stx_attributes: 8,
  stx_nlink: 4,
  stx_uid: 4,
  stx_gid: 4,
  stx_mode: 2,
  pad0: 2,
  stx_ino: 8,
  stx_size: 8,
  stx_blocks: 8,
  stx_attributes_mask: 8,
  stx_atime: 16,
  stx_btime: 16,
  stx_ctime: 16,
  stx_mtime: 16,
  stx_rdev_major: 4,
  stx_rdev_minor: 4,
  stx_dev_major: 4,
  stx_dev_minor: 4,
  stx_mnt_id: 8,
  stx_dio_mem_align: 4,
  stx_dio_offset_align: 4,
  pad3: 96,
});

/** struct statfs: statfs(99), fstatfs(100). */
export const STATFS = layout('statfs', {
  f_type: 4,
  f_bsize: 4,
  f_blocks: 4,
  f_bfree: 4,
  f_bavail: 4,
  f_files: 4,
  f_ffree: 4,
  f_fsid: 8,
  f_namelen: 4,
  f_frsize: 4,
  f_flags: 4,
  pad_spare: 16,
});

/** struct statfs64: statfs64(268), fstatfs64(269). */
export const STATFS64 = layout('statfs64', {
  f_type: 4,
  f_bsize: 4,
  f_blocks: 8,
  f_bfree: 8,
  f_bavail: 8,
  f_files: 8,
  f_ffree: 8,
  f_fsid: 8,
  f_namelen: 4,
  f_frsize: 4,
  f_flags: 4,
  pad_spare: 16,
});

/** struct linux_dirent: getdents(141). d_name follows, ends in NUL; d_type is the record's last byte; records align to 4. */
export const DIRENT = layout('linux_dirent', { d_ino: 4, d_off: 4, d_reclen: 2 });

/** struct linux_dirent64: getdents64(220). d_name follows and ends in NUL; records align to 8. */
export const DIRENT64 = layout('linux_dirent64', { d_ino: 8, d_off: 8, d_reclen: 2, d_type: 1 });

/** struct old_linux_dirent: readdir(89), one entry per call. d_name follows. */
export const OLD_DIRENT = layout('old_linux_dirent', { d_ino: 4, d_offset: 4, d_namlen: 2 });

/** struct flock: F_GETLK, F_SETLK, F_SETLKW. */
export const FLOCK = layout('flock', { l_type: 2, l_whence: 2, l_start: 4, l_len: 4, l_pid: 4 });

/** struct flock64: F_GETLK64, F_SETLK64, F_SETLKW64 and the open-file-description locks. */
export const FLOCK64 = layout('flock64', { l_type: 2, l_whence: 2, l_start: 8, l_len: 8, l_pid: 4 });

/** struct f_owner_ex: F_SETOWN_EX, F_GETOWN_EX. */
export const F_OWNER_EX = layout('f_owner_ex', { type: 4, pid: 4 });

/** struct open_how: openat2(437). */
export const OPEN_HOW = layout('open_how', { flags: 8, mode: 8, resolve: 8 });

/** struct iovec: readv(145), writev(146) and their kin. */
export const IOVEC = layout('iovec', { iov_base: 4, iov_len: 4 });

/** struct pollfd: poll(168), ppoll(309). */
export const POLLFD = layout('pollfd', { fd: 4, events: 2, revents: 2 });

/** struct epoll_event, packed: epoll_ctl(255), epoll_wait(256). */
export const EPOLL_EVENT = layout('epoll_event', { events: 4, data: 8 });

/** The block that select(82) takes its five arguments from (struct sel_arg_struct). */
export const SEL_ARGS = layout('sel_arg_struct', { n: 4, inp: 4, outp: 4, exp: 4, tvp: 4 });

/** The block that mmap(90) takes its six arguments from (struct mmap_arg_struct). */
export const MMAP_ARGS = layout('mmap_arg_struct', { addr: 4, len: 4, prot: 4, flags: 4, fd: 4, offset: 4 });

/** The sixth argument of pselect6(308): the signal set and its size (struct sigset_argpack). */
export const SIGSET_ARGPACK = layout('sigset_argpack', { ss: 4, ss_len: 4 });

// ---- terminals ----------------------------------------------------------------------------------------------------

/** struct termios as the kernel knows it (NCCS 19): TCGETS, TCSETS. Libraries' own struct is larger. */
export const TERMIOS = layout('termios', {
  c_iflag: 4,
  c_oflag: 4,
  c_cflag: 4,
  c_lflag: 4,
  c_line: 1,
  c_cc: 19,
});

/** struct termios2: TCGETS2, TCSETS2. */
export const TERMIOS2 = layout('termios2', { ...TERMIOS.sizes, c_ispeed: 4, c_ospeed: 4 });

/** struct termio (System V): TCGETA, TCSETA. */
export const TERMIO = layout('termio', {
  c_iflag: 2,
  c_oflag: 2,
  c_cflag: 2,
  c_lflag: 2,
  c_line: 1,
  c_cc: 8,
  pad: 1,
});

/** struct winsize: TIOCGWINSZ, TIOCSWINSZ. */
export const WINSIZE = layout('winsize', { ws_row: 2, ws_col: 2, ws_xpixel: 2, ws_ypixel: 2 });

// ---- signals ------------------------------------------------------------------------------------------------------

/** struct old_sigaction: sigaction(67). */
export const OLD_SIGACTION = layout('old_sigaction', { sa_handler: 4, sa_mask: 4, sa_flags: 4, sa_restorer: 4 });

/** struct sigaction as the kernel knows it: rt_sigaction(174). */
export const SIGACTION = layout('sigaction', { sa_handler: 4, sa_flags: 4, sa_restorer: 4, sa_mask: 8 });

/** sigset_t as the kernel knows it: 64 bits, bit n - 1 for signal n. The old calls pass its low word. */
export const SIGSET_SIZE = 8;

/** stack_t: sigaltstack(186). */
export const STACK_T = layout('stack_t', { ss_sp: 4, ss_flags: 4, ss_size: 4 });

/** siginfo_t: what every signal fills in. The rest depends on the signal: SIGINFO_KILL and its kin overlay it. */
export const SIGINFO = layout('siginfo', { si_signo: 4, si_errno: 4, si_code: 4, pad: 116 });

const SIGINFO_HEAD = { si_signo: 4, si_errno: 4, si_code: 4 } as const;

/** siginfo_t of kill(2), tgkill(2), sigqueue(3): sender and value. */
export const SIGINFO_KILL = layout('siginfo', { ...SIGINFO_HEAD, si_pid: 4, si_uid: 4, si_value: 4, pad: 104 });

/** siginfo_t of a POSIX timer. */
export const SIGINFO_TIMER = layout('siginfo', { ...SIGINFO_HEAD, si_tid: 4, si_overrun: 4, si_value: 4, pad: 104 });

/** siginfo_t of SIGCHLD; si_status is the exit code or the signal. */
export const SIGINFO_CHLD = layout('siginfo', {
  ...SIGINFO_HEAD,
  si_pid: 4,
  si_uid: 4,
  si_status: 4,
  si_utime: 4,
  si_stime: 4,
  pad: 96,
});

/** siginfo_t of SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP. */
export const SIGINFO_FAULT = layout('siginfo', { ...SIGINFO_HEAD, si_addr: 4, pad: 112 });

/** siginfo_t of SIGIO. */
export const SIGINFO_POLL = layout('siginfo', { ...SIGINFO_HEAD, si_band: 4, si_fd: 4, pad: 108 });

/** struct sigcontext (arch/x86/include/uapi/asm/sigcontext.h, struct sigcontext_32): the interrupted registers. */
export const SIGCONTEXT = layout('sigcontext', {
  gs: 2,
  pad_gsh: 2,
  fs: 2,
  pad_fsh: 2,
  es: 2,
  pad_esh: 2,
  ds: 2,
  pad_dsh: 2,
  di: 4,
  si: 4,
  bp: 4,
  sp: 4,
  bx: 4,
  dx: 4,
  cx: 4,
  ax: 4,
  trapno: 4,
  err: 4,
  ip: 4,
  cs: 2,
  pad_csh: 2,
  flags: 4,
  sp_at_signal: 4,
  ss: 2,
  pad_ssh: 2,
  fpstate: 4,
  oldmask: 4,
  cr2: 4,
});

/**
 * struct _fpstate_32: the FSAVE image with a status word and `magic`; where magic is 0 (not 0xffff) the FXSAVE image follows
 * from `fxsr_env` on (bytes 112 to 623 are exactly FXSAVE's 512 bytes).
 */
export const FPSTATE = layout('_fpstate_32', {
  cw: 4,
  sw: 4,
  tag: 4,
  ipoff: 4,
  cssel: 4,
  dataoff: 4,
  datasel: 4,
  st: 80,
  status: 2,
  magic: 2,
  fxsr_env: 24,
  mxcsr: 4,
  pad_reserved: 4,
  fxsr_st: 128,
  xmm: 128,
  pad1: 176,
  sw_reserved: 48,
});

/** fpstate.magic: an FXSAVE image follows. */
export const X86_FXSR_MAGIC = 0x0000;
/** fpstate.magic: the FSAVE image alone. */
export const X86_FSAVE_ONLY = 0xffff;

/** struct ucontext (32-bit): rt_sigframe's context. `uc_mcontext` is a SIGCONTEXT. */
export const UCONTEXT = layout('ucontext', {
  uc_flags: 4,
  uc_link: 4,
  uc_stack: STACK_T.size,
  uc_mcontext: SIGCONTEXT.size,
  uc_sigmask: SIGSET_SIZE,
});

/** struct sigframe_ia32: what a handler without SA_SIGINFO finds at ESP (arch/x86/include/asm/sigframe.h). */
export const SIGFRAME = layout('sigframe', {
  pretcode: 4,
  sig: 4,
  sc: SIGCONTEXT.size,
  pad_fpstate_unused: FPSTATE.size,
  extramask: 4,
  retcode: 8,
});

/** struct rt_sigframe_ia32: what a handler with SA_SIGINFO finds at ESP. */
export const RT_SIGFRAME = layout('rt_sigframe', {
  pretcode: 4,
  sig: 4,
  pinfo: 4,
  puc: 4,
  info: SIGINFO.size,
  uc: UCONTEXT.size,
  retcode: 8,
});

// ---- time ---------------------------------------------------------------------------------------------------------

/** struct old_timespec32: nanosleep(162), clock_gettime(265), ... */
export const TIMESPEC = layout('timespec32', { tv_sec: 4, tv_nsec: 4 });

/** struct __kernel_timespec: clock_gettime64(403), ...; the upper half of tv_nsec is ignored for 32-bit callers. */
export const TIMESPEC64 = layout('__kernel_timespec', { tv_sec: 8, tv_nsec: 8 });

/** struct old_timeval32: gettimeofday(78), select, ... */
export const TIMEVAL = layout('timeval32', { tv_sec: 4, tv_usec: 4 });

/** struct timezone: gettimeofday(78). */
export const TIMEZONE = layout('timezone', { tz_minuteswest: 4, tz_dsttime: 4 });

/** struct itimerval: setitimer(104); both halves are TIMEVALs. */
export const ITIMERVAL = layout('itimerval', { it_interval: 8, it_value: 8 });

/** struct itimerspec of the 32-bit calls; both halves are TIMESPECs. */
export const ITIMERSPEC = layout('itimerspec32', { it_interval: 8, it_value: 8 });

/** struct __kernel_itimerspec; both halves are TIMESPEC64s. */
export const ITIMERSPEC64 = layout('__kernel_itimerspec', { it_interval: 16, it_value: 16 });

/** struct tms: times(43), in clock ticks (100 a second). */
export const TMS = layout('tms', { tms_utime: 4, tms_stime: 4, tms_cutime: 4, tms_cstime: 4 });

/** struct utimbuf: utime(30). */
export const UTIMBUF = layout('utimbuf', { actime: 4, modtime: 4 });

// ---- processes ----------------------------------------------------------------------------------------------------

/** struct rusage: getrusage(77), wait4(114); the two times are TIMEVALs. */
export const RUSAGE = layout('rusage', {
  ru_utime: 8,
  ru_stime: 8,
  ru_maxrss: 4,
  ru_ixrss: 4,
  ru_idrss: 4,
  ru_isrss: 4,
  ru_minflt: 4,
  ru_majflt: 4,
  ru_nswap: 4,
  ru_inblock: 4,
  ru_oublock: 4,
  ru_msgsnd: 4,
  ru_msgrcv: 4,
  ru_nsignals: 4,
  ru_nvcsw: 4,
  ru_nivcsw: 4,
});

/** struct rlimit: setrlimit(75), getrlimit(76), ugetrlimit(191). */
export const RLIMIT = layout('rlimit', { rlim_cur: 4, rlim_max: 4 });

/** struct rlimit64: prlimit64(340). */
export const RLIMIT64 = layout('rlimit64', { rlim_cur: 8, rlim_max: 8 });

/** struct clone_args: clone3(435). */
export const CLONE_ARGS = layout('clone_args', {
  flags: 8,
  pidfd: 8,
  child_tid: 8,
  parent_tid: 8,
  exit_signal: 8,
  stack: 8,
  stack_size: 8,
  tls: 8,
  set_tid: 8,
  set_tid_size: 8,
  cgroup: 8,
});

/** struct user_desc: set_thread_area(243), get_thread_area(244), modify_ldt(123); `flags` holds the bit fields (USER_DESC_*). */
export const USER_DESC = layout('user_desc', { entry_number: 4, base_addr: 4, limit: 4, flags: 4 });

// The bit fields of user_desc.flags (arch/x86/include/uapi/asm/ldt.h).
export const USER_DESC_SEG_32BIT = 0x01;
export const USER_DESC_CONTENTS = 0x06;
export const USER_DESC_READ_EXEC_ONLY = 0x08;
export const USER_DESC_LIMIT_IN_PAGES = 0x10;
export const USER_DESC_SEG_NOT_PRESENT = 0x20;
export const USER_DESC_USEABLE = 0x40;

/** struct robust_list_head: set_robust_list(311). */
export const ROBUST_LIST_HEAD = layout('robust_list_head', { list: 4, futex_offset: 4, list_op_pending: 4 });

/** struct rseq: rseq(386). */
export const RSEQ = layout('rseq', {
  cpu_id_start: 4,
  cpu_id: 4,
  rseq_cs: 8,
  flags: 4,
  pad: 12,
});

/** struct sched_param: sched_setparam(154) and its kin. */
export const SCHED_PARAM = layout('sched_param', { sched_priority: 4 });

/** struct user_regs_struct: PTRACE_GETREGS (arch/x86/include/asm/user_32.h). */
export const USER_REGS = layout('user_regs_struct', {
  ebx: 4,
  ecx: 4,
  edx: 4,
  esi: 4,
  edi: 4,
  ebp: 4,
  eax: 4,
  xds: 4,
  xes: 4,
  xfs: 4,
  xgs: 4,
  orig_eax: 4,
  eip: 4,
  xcs: 4,
  eflags: 4,
  esp: 4,
  xss: 4,
});

// ---- the system ---------------------------------------------------------------------------------------------------

/** struct new_utsname: uname(122). */
export const UTSNAME = layout('new_utsname', {
  sysname: 65,
  nodename: 65,
  release: 65,
  version: 65,
  machine: 65,
  domainname: 65,
});

/** struct old_utsname: olduname(109). */
export const OLD_UTSNAME = layout('old_utsname', {
  sysname: 65,
  nodename: 65,
  release: 65,
  version: 65,
  machine: 65,
});

/** struct oldold_utsname: oldolduname(59). */
export const OLDOLD_UTSNAME = layout('oldold_utsname', {
  sysname: 9,
  nodename: 9,
  release: 9,
  version: 9,
  machine: 9,
});

/** struct sysinfo: sysinfo(116). */
export const SYSINFO = layout('sysinfo', {
  uptime: 4,
  loads: 12,
  totalram: 4,
  freeram: 4,
  sharedram: 4,
  bufferram: 4,
  totalswap: 4,
  freeswap: 4,
  procs: 2,
  pad: 2,
  totalhigh: 4,
  freehigh: 4,
  mem_unit: 4,
  pad_f: 8,
});

/** struct __user_cap_header_struct: capget(184). */
export const CAP_HEADER = layout('__user_cap_header_struct', { version: 4, pid: 4 });

/** struct __user_cap_data_struct: capget(184); two of them for version 3. */
export const CAP_DATA = layout('__user_cap_data_struct', { effective: 4, permitted: 4, inheritable: 4 });

// ---- sockets ------------------------------------------------------------------------------------------------------

/** struct sockaddr_un: AF_UNIX. */
export const SOCKADDR_UN = layout('sockaddr_un', { sun_family: 2, sun_path: 108 });

/** struct sockaddr_in: AF_INET; port and address are big endian. */
export const SOCKADDR_IN = layout('sockaddr_in', { sin_family: 2, sin_port: 2, sin_addr: 4, pad: 8 });

/** struct sockaddr_in6: AF_INET6. */
export const SOCKADDR_IN6 = layout('sockaddr_in6', {
  sin6_family: 2,
  sin6_port: 2,
  sin6_flowinfo: 4,
  sin6_addr: 16,
  sin6_scope_id: 4,
});

/** struct user_msghdr: sendmsg(370), recvmsg(372). */
export const MSGHDR = layout('msghdr', {
  msg_name: 4,
  msg_namelen: 4,
  msg_iov: 4,
  msg_iovlen: 4,
  msg_control: 4,
  msg_controllen: 4,
  msg_flags: 4,
});

/** struct cmsghdr; data follows, records align to 4. */
export const CMSGHDR = layout('cmsghdr', { cmsg_len: 4, cmsg_level: 4, cmsg_type: 4 });

/** struct ucred: SO_PEERCRED, SCM_CREDENTIALS. */
export const UCRED = layout('ucred', { pid: 4, uid: 4, gid: 4 });
