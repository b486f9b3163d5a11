import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** True where strace can trace i386 programs that gcc builds. */
export const haveStrace = probe();
if (!haveStrace && process.env.NESTLAB_REQUIRE_ORACLE === '1')
  throw new Error('NESTLAB_REQUIRE_ORACLE=1, but strace cannot trace i386 programs here');

function probe(): boolean {
  const dir = mkdtempSync(join(tmpdir(), 'nestlab-strace-'));
  try {
    buildProbe(dir, 'void _start(void) { __asm__ volatile("int $0x80" : : "a"(1), "b"(0)); }');
    return /exit\(0\)/.test(spawnSync('strace', ['./probe'], { cwd: dir, encoding: 'utf8' }).stderr);
  } catch {
    return false;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Builds `probe` in a folder from a C program without libc. */
export function buildProbe(dir: string, source: string): void {
  writeFileSync(join(dir, 'probe.c'), source);
  const flags = ['-m32', '-O1', '-static', '-nostdlib', '-fno-pic', '-fomit-frame-pointer', '-fno-stack-protector'];
  execFileSync('gcc', [...flags, '-w', '-o', 'probe', 'probe.c'], { cwd: dir, stdio: 'pipe' });
}

/** The system call of a C program without libc: `sc(number, six words)`. */
export const SYSCALL_C = `
static long sc(int n, long a, long b, long c, long d, long e, long f) {
  long r; long args[6] = {a, b, c, d, e, f};
  __asm__ volatile("push %%ebp; mov 20(%%ecx),%%ebp; push %%ecx; mov 0(%%ecx),%%ebx; mov 8(%%ecx),%%edx;"
    "mov 12(%%ecx),%%esi; mov 16(%%ecx),%%edi; mov 4(%%ecx),%%ecx; int $0x80; pop %%ecx; pop %%ebp"
    : "=a"(r) : "0"(n), "c"(args) : "ebx", "edx", "esi", "edi", "memory");
  return r;
}
`;

/** What strace prints for a C program: its log's lines. No call of it is executed when `inject` says so. */
export function straceOf(source: string, options: readonly string[]): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'nestlab-strace-'));
  try {
    buildProbe(dir, source);
    return straceIn(dir, [...options, './probe']);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** What strace prints for a command in a folder: its log's lines. */
export function straceIn(dir: string, command: readonly string[]): string[] {
  spawnSync('strace', ['-o', 'log', ...command], { cwd: dir, timeout: 20_000, input: '' });
  return readFileSync(join(dir, 'log'), 'utf8').trimEnd().split('\n');
}
