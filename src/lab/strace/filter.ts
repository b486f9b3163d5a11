import { SYSCALL_CLASSES } from '../../abi/classes.ts';
import { nearest } from '../../abi/nearest.ts';
import { SYSCALLS, syscallNamed } from '../../abi/syscalls.ts';

/** A parsed filter, or what is wrong with it. */
export type Filter = { readonly shows: (number: number) => boolean } | { readonly error: string };

/**
 * Reads a filter as strace's `-e trace=` takes it: names, `%class`, `/regex` and numbers, separated by commas; a leading
 * `!` shows all others; `all` and `none`. The prefix `trace=` may stand before it.
 */
export function parseFilter(text: string): Filter {
  const spec = text.replace(/^(trace|t)=/, '');
  if (spec === 'all') return { shows: () => true };
  const inverted = spec.startsWith('!');
  const numbers = new Set<number>();
  for (const item of spec.slice(inverted ? 1 : 0).split(',')) {
    const found = callsOf(item.trim());
    if ('error' in found) return found;
    for (const number of found.numbers) numbers.add(number);
  }
  return { shows: (number) => numbers.has(number) !== inverted };
}

function callsOf(item: string): { readonly numbers: readonly number[] } | { readonly error: string } {
  if (item === 'all') return { numbers: SYSCALLS.map((row) => row.number) };
  if (item === 'none') return { numbers: [] };
  if (/^\d+$/.test(item)) return { numbers: [Number(item)] };
  if (item.startsWith('%')) {
    const names = SYSCALL_CLASSES[item.slice(1)];
    if (!names) return { error: unknown('class of system calls', item, Object.keys(SYSCALL_CLASSES), '%') };
    return { numbers: names.map((name) => syscallNamed(name)?.number ?? -1) };
  }
  if (item.startsWith('/')) return matching(item.slice(1));
  const row = syscallNamed(item.replace(/^\?/, ''));
  if (row) return { numbers: [row.number] };
  if (item.startsWith('?')) return { numbers: [] };
  return {
    error: unknown(
      'system call',
      item,
      SYSCALLS.map((call) => call.name),
      '',
    ),
  };
}

function matching(pattern: string): { readonly numbers: readonly number[] } | { readonly error: string } {
  try {
    const regex = new RegExp(pattern);
    return { numbers: SYSCALLS.filter((row) => regex.test(row.name)).map((row) => row.number) };
  } catch {
    return { error: `"/${pattern}" is not a regular expression.` };
  }
}

function unknown(what: string, item: string, names: readonly string[], sign: string): string {
  const near = nearest(item.replace(/^%/, ''), names);
  return `no ${what} "${item}".${near ? ` Did you mean "${sign}${near}"?` : ''}`;
}
