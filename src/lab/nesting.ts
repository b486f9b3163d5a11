/** The program that a run starts with to have guest kernels below it. */
const KERNEL = '/boot/nestlab';
const MIB = 1 << 20;

/**
 * The command line that runs ARGV under these towers, the outermost first, on a machine with so many bytes of memory:
 * each kernel has half of the memory of the one below.
 */
export function commandLine(towers: readonly string[], memory: number, argv: readonly string[]): string[] {
  const words: string[] = [];
  for (const [n, tower] of towers.entries()) {
    const size = Math.max(1, Math.floor(memory / 2 ** (n + 1) / MIB));
    words.push(KERNEL, `mem=${size}M`, `tower=${tower}`, '--');
  }
  return [...words, ...argv];
}
