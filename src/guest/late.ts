import { signalName } from '../abi/signals.ts';
import { NOTICED } from './carrying.ts';

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
