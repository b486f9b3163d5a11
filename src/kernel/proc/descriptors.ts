import { ENAMETOOLONG } from '../../abi/errno.ts';
import { majorOf, minorOf } from '../files/devices.ts';
import { type Place, shownPath } from '../files/namespace.ts';
import type { OpenFile } from '../files/open-file.ts';
import { PAGE } from '../memory/frames.ts';
import type { DirectoryItem, Item, LinkItem } from './generated.ts';
import { numberOf, type ProcessSource } from './source.ts';

const FD_SLOT = 0x1000;
const FDINFO_SLOT = 0x8000;

/** The text of a link to a place; -ENAMETOOLONG when no path can be that long. */
export function shown(source: ProcessSource, place: Place): string | number {
  const path = shownPath(source.root, place);
  return path.length < PAGE ? path : -ENAMETOOLONG;
}

/** /proc/PID/fd or fdinfo. */
export function descriptorDirectory(source: ProcessSource, pid: number, kind: 'fd' | 'fdinfo'): DirectoryItem {
  const facts = source.facts(pid);
  return {
    kind: 'directory',
    number: numberOf(pid, kind === 'fd' ? 6 : 7),
    mode: 0o500,
    owner: { uid: facts?.uid ?? 0, gid: facts?.gid ?? 0 },
    names: () => [...(source.table(pid)?.descriptors() ?? [])].map(([fd]) => `${fd}`),
    item(name) {
      if (!/^(0|[1-9]\d{0,6})$/.test(name)) return undefined;
      const fd = Number(name);
      const file = source.table(pid)?.get(fd);
      if (!file) return undefined;
      return kind === 'fd' ? descriptorLink(source, pid, fd, file) : descriptorInfo(pid, fd, file);
    },
  };
}

function descriptorLink(source: ProcessSource, pid: number, fd: number, file: OpenFile): LinkItem {
  return {
    kind: 'link',
    number: numberOf(pid, FD_SLOT + fd),
    task: pid,
    mode: (file.readable ? 0o500 : 0o100) | (file.writable ? 0o300 : 0o100),
    place: () => file.place,
    target: () => shown(source, file.place),
  };
}

function descriptorInfo(pid: number, fd: number, file: OpenFile): Item {
  return {
    kind: 'text',
    number: numberOf(pid, FDINFO_SLOT + fd),
    text: () => {
      const { position, flags, place, node } = file;
      const head = `pos:\t${position}\nflags:\t0${flags.toString(8)}\nmnt_id:\t${place.mount.id}\nino:\t${node.number}\n`;
      return head + locksOf(file) + (file.ops.info?.(file) ?? '');
    },
  };
}

/** The locks that an open file holds, as /proc/locks shows them. */
function locksOf(file: OpenFile): string {
  const { node } = file;
  const device = `${hex(majorOf(node.fs.device))}:${hex(minorOf(node.fs.device))}:${node.number}`;
  const rows = node.locks?.shown(file) ?? [];
  return rows.map((row, n) => `lock:\t${n + 1}: ${row.kind} ${row.type} ${row.pid} ${device} ${row.span}\n`).join('');
}

const hex = (value: number) => value.toString(16).padStart(2, '0');
