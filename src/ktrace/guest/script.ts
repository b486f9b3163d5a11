import { type Gone, lateClause } from '../../guest/late.ts';
import type { Protection } from '../../guest/tower.ts';

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
