import { EACCES, ENOEXEC } from '../../abi/errno.ts';

/** Bytes of a file that the kernel looks at to tell what it is (BINPRM_BUF_SIZE). */
export const HEAD = 256;

/** What `#!` names. */
export interface Script {
  readonly interpreter: string;
  /** All that follows, as one argument. */
  readonly argument: string | undefined;
}

/** The first line of a script (load_script): undefined when it is none, -ENOEXEC or -EACCES when it names no interpreter. */
export function parseScript(head: Uint8Array): Script | number | undefined {
  if (head[0] !== 0x23 || head[1] !== 0x21) return undefined;
  // The last byte that was read never counts.
  const text = String.fromCharCode(...head.subarray(2, HEAD - 1));
  const newline = text.indexOf('\n');
  let line = newline >= 0 ? text.slice(0, newline) : text;
  const zero = line.indexOf('\0');
  if (zero >= 0) line = line.slice(0, zero);
  else if (newline < 0 && head.length >= HEAD) {
    // Cut off: the interpreter's name itself must be whole.
    if (!/^[ \t]*[^ \t]+[ \t]/.test(line)) return -ENOEXEC;
  }
  const trimmed = line.replace(/^[ \t]+|[ \t]+$/g, '');
  // A zero (or the end of a short file) where the name should be is an empty name: that is the working directory.
  if (trimmed === '') return zero >= 0 || (newline < 0 && head.length < HEAD) ? -EACCES : -ENOEXEC;
  const [, interpreter, rest] = /^([^ \t]+)[ \t]*(.*)$/s.exec(trimmed)!;
  return { interpreter, argument: rest === '' ? undefined : rest };
}
