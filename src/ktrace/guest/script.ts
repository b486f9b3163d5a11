import { signalName } from '../../abi/signals.ts';
import { NOTICED } from '../../guest/carrying.ts';
import type { Protection } from '../../guest/tower.ts';

/** Addresses of ESP (`sp`) or EIP (`ip`) with which an application is as good as gone. */
export interface Gone {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** The clause for a signal that comes while an application is as good as gone, under a condition. */
export function lateClause(condition: string, { name, from, to }: Gone): string {
  const hex = (address: number): string => `0x${(address >>> 0).toString(16)}`;
  const noticed = NOTICED.map((signal) => `signal:${signalName(signal)}`).join(', ');
  return `${noticed} /${condition} && ${name} >= ${hex(from)} && ${name} < ${hex(to)}/ { save(late); restore(entry); }`;
}

/**
 * The script that carries a guest kernel. Where protection is by calls, `lists` of them are made on the way, with ESP in
 * their pages, so that no handler could be called. A signal that comes when the application is as good as gone is kept,
 * and the way back is taken at once.
 */
export function script({ verbs }: Protection, lists: boolean, gone: Gone): string {
  const verb = (words: string | undefined): string => (words ? `${words} ` : '');
  const into = lists ? 'restore(entry)' : 'restore(own)';
  const out = lists ? '' : 'save(own); ';
  return [
    `syscall:*:entry, fault:*, signal:* /mode == app/ { save(frame); ${verb(verbs?.open)}mode = kernel; ${into}; }`,
    `syscall:resume:entry /mode == kernel/ { ${out}${verb(verbs?.hide)}mode = app; restore(frame); }`,
    lateClause('mode == kernel', gone),
  ].join('\n');
}
