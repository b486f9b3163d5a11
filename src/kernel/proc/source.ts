import type { FilesCore } from '../files/core.ts';
import type { Place } from '../files/namespace.ts';
import type { Places } from '../files/places.ts';
import type { Table } from '../files/table.ts';
import type { TaskFacts } from '../services.ts';

/** What /proc/PID needs to know. */
export interface ProcessSource {
  readonly core: FilesCore;
  readonly root: Place;
  facts(pid: number): TaskFacts | undefined;
  table(pid: number): Table | undefined;
  places(pid: number): Places | undefined;
}

/** The inode number of an entry of one process. */
export const numberOf = (pid: number, slot: number) => pid * 0x10000 + slot;
