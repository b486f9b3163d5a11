import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The kernel's headers that define the i386 interface (Debian: linux-libc-dev). */
const KERNEL = `
#include <stddef.h>
#include <linux/types.h>
#include <asm/fcntl.h>
#include <linux/fcntl.h>
#include <asm/stat.h>
#include <linux/stat.h>
#include <asm/statfs.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <linux/signal.h>
#include <linux/uio.h>
#include <linux/wait.h>
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <asm/termios.h>
#include <asm/poll.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <linux/audit.h>
#include <asm/signal.h>
#include <asm/siginfo.h>
#include <asm/sigcontext.h>
#include <asm/ucontext.h>
#include <linux/prctl.h>
#include <linux/resource.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include <linux/times.h>
#include <linux/utime.h>
#include <linux/eventpoll.h>
#include <linux/openat2.h>
#include <linux/fs.h>
#include <linux/falloc.h>
#include <linux/magic.h>
#include <linux/personality.h>
#include <linux/random.h>
#include <linux/memfd.h>
#include <linux/close_range.h>
#include <linux/rseq.h>
#include <linux/reboot.h>
#include <linux/net.h>
#include <linux/ptrace.h>
#include <asm/ptrace-abi.h>
#include <asm/ptrace.h>
#include <linux/elf.h>
#include <linux/auxvec.h>
#include <asm/auxvec.h>
#include <asm/ldt.h>
#include <linux/utsname.h>
#include <linux/sysinfo.h>
#include <linux/capability.h>
#include <linux/un.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ipc.h>
#include <linux/fadvise.h>
#include <linux/timerfd.h>
#include <linux/signalfd.h>
#include <linux/inotify.h>
#include <linux/mount.h>
#include <linux/errno.h>
#include <asm/unistd_32.h>
`;

/** Headers of the C library for the few names that the kernel does not export. */
const LIBC = `
#define _GNU_SOURCE
#include <unistd.h>
#include <dirent.h>
#include <sys/socket.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
`;

/** True where gcc can compile i386 code against the kernel's headers. */
export const haveHeaders = (() => {
  const probe = spawnSync(
    'gcc',
    ['-m32', '-ffreestanding', '-I/usr/include/x86_64-linux-gnu', '-S', '-xc', '-o', '-', '-'],
    {
      input: KERNEL,
      encoding: 'utf8',
    },
  );
  if (probe.status !== 0 && process.env.NESTLAB_REQUIRE_ORACLE === '1')
    throw new Error('NESTLAB_REQUIRE_ORACLE=1, but gcc -m32 does not compile the kernel headers here');
  return probe.status === 0;
})();

function compile(headers: string, lines: readonly string[]): Map<string, number> {
  const dir = mkdtempSync(join(tmpdir(), 'nestlab-headers-'));
  try {
    // libc's headers ask for this file, which only a 32-bit libc ships; it is empty in effect.
    mkdirSync(join(dir, 'gnu'));
    writeFileSync(join(dir, 'gnu', 'stubs-32.h'), '');
    writeFileSync(join(dir, 'v.c'), headers + lines.join('\n'));
    execFileSync('gcc', ['-m32', '-ffreestanding', `-I${dir}`, '-I/usr/include/x86_64-linux-gnu', '-S', 'v.c'], {
      cwd: dir,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return new Map(
      [...readFileSync(join(dir, 'v.s'), 'utf8').matchAll(/^v_(\w+):\n\s+\.(long|zero)\s+(-?\d+)/gm)].map((m) => [
        m[1],
        m[2] === 'zero' ? 0 : Number(m[3]) | 0,
      ]),
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** What i386 C code sees: the value (signed 32 bits) of each expression by its key; expressions use the kernel's headers. */
export function kernelValues(expressions: ReadonlyMap<string, string>): Map<string, number> {
  return compile(
    KERNEL,
    [...expressions].map(([key, c]) => `long v_${key} = (long)(${c});`),
  );
}

/** The values (signed 32 bits) of those names that are macros in the kernel's headers or else in libc's. */
export function macroValues(names: readonly string[]): Map<string, number> {
  const lines = names.map((n) => `#ifdef ${n}\nlong v_${n} = (long)(${n});\n#endif`);
  return new Map([...compile(LIBC, lines), ...compile(KERNEL, lines)]);
}
