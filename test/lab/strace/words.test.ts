import { describe, expect, it } from 'vitest';
import { SYSCALLS } from '../../../src/abi/syscalls.ts';
import { beginCall, endCall } from '../../../src/lab/strace/call.ts';
import { haveStrace, SYSCALL_C, straceOf } from './native.ts';

const ENOSYS = -38;
const nothing = (): Uint8Array => new Uint8Array(0);

/** Calls that we print plainer than strace does: nobody needs their words decoded here. */
const PLAINER = new Set(
  `syslog sigreturn rt_sigreturn shmctl semctl msgctl shmget set_mempolicy mbind
   get_mempolicy seccomp reboot quotactl quotactl_fd landlock_create_ruleset landlock_add_rule keyctl kexec_load
   kcmp ioprio_set ioprio_get io_uring_enter io_uring_register fsconfig fanotify_init fanotify_mark bpf
   arch_prctl userfaultfd swapon pkey_alloc perf_event_open open_tree msgsnd msgrcv move_pages
   move_mount mlock2 membarrier fspick fsopen fsmount finit_module delete_module ptrace
   name_to_handle_at mount_setattr ipc`.split(/\s+/),
);

/** Words that are numbers of families, levels and types which only strace knows. */
const OBSCURE = /^(socket|socketpair|getsockopt|setsockopt|socketcall|memfd_create|readdir|memfd_secret)\(/;
/** Calls whose high bits only strace names. */
const OBSCURE_BITS = /^(mount|personality|mmap2|remap_file_pages|add_key|request_key)\(/;

function ours(number: number, word: number): string {
  const args = new Int32Array(6).fill(word);
  const begun = beginCall(number, args, nothing);
  const end = endCall(begun, ENOSYS, nothing);
  return `${end.whole} = ${end.result}`;
}

describe.skipIf(!haveStrace)('every call with the same word in all registers, as the real strace prints it', () => {
  it.each([0, 1, 3, 0xff, 0x1234, -2])('%i', (word) => {
    const source = `${SYSCALL_C}
      void _start(void) {
        for (int n = 2; n <= 450; n++) if (n != 11) sc(n, ${word}, ${word}, ${word}, ${word}, ${word}, ${word});
        __builtin_trap();
      }`;
    const lines = straceOf(source, ['-a1', '-e', 'inject=!execve:error=ENOSYS']);
    const theirs = lines.filter((line) => line.endsWith('(INJECTED)')).map((line) => line.replace(' (INJECTED)', ''));
    const byName = new Map(theirs.map((line) => [line.slice(0, line.indexOf('(')), line]));
    const different = SYSCALLS.filter((row) => row.number >= 2 && row.number !== 11 && !PLAINER.has(row.name))
      .map((row) => [ours(row.number, word), byName.get(row.name)])
      .filter(
        ([mine, real]) => mine !== real && !OBSCURE.test(mine ?? '') && !(word < 0 && OBSCURE_BITS.test(mine ?? '')),
      );
    expect(different).toEqual([]);
  });
});
