import { signalName } from '../../abi/signals.ts';
import { NOTICED } from '../../guest/carrying.ts';
import type { Protection } from '../../guest/tower.ts';

/** Save areas by the names that the script has for them. */
export interface Areas {
  /** The application's registers, and why it stopped. */
  readonly frame: number;
  /** The guest kernel's registers at `resume`. */
  readonly own: number;
  /** Registers with which the list of calls begins that makes the kernel accessible. */
  readonly entry: number;
  /** A signal that came while such a list was being made. */
  readonly late: number;
}

/**
 * The script that carries a guest kernel. Where protection is by calls, `lists` are the addresses of the pages of their
 * lists: ESP is there while they are made, so no handler could be called. A signal then is kept, and the list that makes
 * the kernel accessible begins anew.
 */
export function script(
  { verbs }: Protection,
  lists: { readonly from: number; readonly to: number } | undefined,
): string {
  const hex = (address: number): string => `0x${(address >>> 0).toString(16)}`;
  const verb = (words: string | undefined): string => (words ? `${words} ` : '');
  const into = lists ? 'restore(entry)' : 'restore(own)';
  const out = lists ? '' : 'save(own); ';
  const noticed = NOTICED.map((signal) => `signal:${signalName(signal)}`).join(', ');
  return [
    `syscall:*:entry, fault:*, signal:* /mode == app/ { save(frame); ${verb(verbs?.open)}mode = kernel; ${into}; }`,
    `syscall:resume:entry /mode == kernel/ { ${out}${verb(verbs?.hide)}mode = app; restore(frame); }`,
    lists
      ? `${noticed} /mode == kernel && sp >= ${hex(lists.from)} && sp < ${hex(lists.to)}/ { save(late); restore(entry); }`
      : '',
  ].join('\n');
}
