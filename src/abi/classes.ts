/**
 * The classes of system calls that strace(1) knows: `-e trace=%file` and its kin.
 */

/** Names of the calls of each class, by the class name after `%`. */
export const SYSCALL_CLASSES: Readonly<Record<string, readonly string[]>> = {
  file: 'open creat link unlink execve chdir mknod chmod lchown oldstat mount umount utime access rename mkdir rmdir acct umount2 chroot symlink oldlstat readlink uselib swapon truncate statfs stat lstat swapoff quotactl chown getcwd truncate64 stat64 lstat64 lchown32 chown32 pivot_root setxattr lsetxattr getxattr lgetxattr listxattr llistxattr removexattr lremovexattr statfs64 utimes inotify_add_watch openat mkdirat mknodat fchownat futimesat fstatat64 unlinkat renameat linkat symlinkat readlinkat fchmodat faccessat utimensat fanotify_mark name_to_handle_at renameat2 execveat statx utimensat_time64 open_tree move_mount fsconfig fspick openat2 faccessat2 mount_setattr'.split(
    ' ',
  ),
  process:
    'exit fork waitpid execve kill wait4 clone rt_sigqueueinfo vfork tkill exit_group tgkill waitid rt_tgsigqueueinfo execveat pidfd_send_signal clone3'.split(
      ' ',
    ),
  desc: 'read write open close creat lseek oldfstat dup pipe ioctl fcntl dup2 select readdir mmap ftruncate fchmod fchown fstatfs socketcall fstat fsync fchdir _llseek getdents _newselect flock readv writev fdatasync poll pread64 pwrite64 sendfile mmap2 ftruncate64 fstat64 fchown32 getdents64 fcntl64 readahead fsetxattr fgetxattr flistxattr fremovexattr sendfile64 fadvise64 epoll_create epoll_ctl epoll_wait fstatfs64 fadvise64_64 mq_open mq_timedsend mq_timedreceive mq_notify mq_getsetattr inotify_init inotify_add_watch inotify_rm_watch openat mkdirat mknodat fchownat futimesat fstatat64 unlinkat renameat linkat symlinkat readlinkat fchmodat faccessat pselect6 ppoll splice sync_file_range tee vmsplice epoll_pwait utimensat signalfd timerfd_create eventfd fallocate timerfd_settime timerfd_gettime signalfd4 eventfd2 epoll_create1 dup3 pipe2 inotify_init1 preadv pwritev perf_event_open fanotify_init fanotify_mark name_to_handle_at open_by_handle_at syncfs setns finit_module renameat2 memfd_create bpf execveat userfaultfd copy_file_range preadv2 pwritev2 statx timerfd_gettime64 timerfd_settime64 utimensat_time64 pselect6_time64 ppoll_time64 mq_timedsend_time64 mq_timedreceive_time64 pidfd_send_signal io_uring_setup io_uring_enter io_uring_register open_tree move_mount fsopen fsconfig fsmount fspick pidfd_open openat2 pidfd_getfd faccessat2 process_madvise epoll_pwait2 mount_setattr quotactl_fd landlock_create_ruleset landlock_add_rule landlock_restrict_self memfd_secret process_mrelease'.split(
    ' ',
  ),
  memory:
    'break brk mmap munmap mprotect msync mlock munlock mlockall munlockall mremap mmap2 mincore madvise io_setup io_destroy remap_file_pages mbind get_mempolicy set_mempolicy migrate_pages move_pages mlock2 pkey_mprotect shmat shmdt io_uring_register set_mempolicy_home_node'.split(
      ' ',
    ),
  signal:
    'pause kill signal sigaction sgetmask ssetmask sigsuspend sigpending sigreturn sigprocmask rt_sigreturn rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait rt_sigqueueinfo rt_sigsuspend sigaltstack tkill tgkill signalfd signalfd4 rt_tgsigqueueinfo rt_sigtimedwait_time64 pidfd_send_signal io_uring_enter'.split(
      ' ',
    ),
  network:
    'sendfile getpmsg putpmsg sendfile64 recvmmsg sendmmsg socket socketpair bind connect listen accept4 getsockopt setsockopt getsockname getpeername sendto sendmsg recvfrom recvmsg shutdown recvmmsg_time64'.split(
      ' ',
    ),
  ipc: 'ipc semget semctl shmget shmctl shmat shmdt msgget msgsnd msgrcv msgctl semtimedop_time64'.split(' '),
  creds:
    'setuid getuid setgid getgid geteuid getegid setreuid setregid getgroups setgroups setfsuid setfsgid setresuid getresuid setresgid getresgid prctl capget capset getuid32 getgid32 geteuid32 getegid32 setreuid32 setregid32 getgroups32 setgroups32 setresuid32 getresuid32 setresgid32 getresgid32 setuid32 setgid32 setfsuid32 setfsgid32'.split(
      ' ',
    ),
  clock:
    'time gettimeofday settimeofday adjtimex clock_settime clock_gettime clock_getres clock_adjtime clock_gettime64 clock_settime64 clock_adjtime64 clock_getres_time64'.split(
      ' ',
    ),
  stat: 'oldstat stat stat64'.split(' '),
  lstat: 'oldlstat lstat lstat64'.split(' '),
  fstat: 'oldfstat fstat fstat64 fstatat64 statx'.split(' '),
  '%stat': 'oldstat oldfstat oldlstat stat lstat fstat stat64 lstat64 fstat64 fstatat64 statx'.split(' '),
  statfs: 'statfs statfs64'.split(' '),
  fstatfs: 'fstatfs fstatfs64'.split(' '),
  '%statfs': 'ustat statfs fstatfs statfs64 fstatfs64'.split(' '),
  pure: 'getpid getuid getgid geteuid getegid getppid getpgrp getuid32 getgid32 geteuid32 getegid32 gettid'.split(' '),
};
