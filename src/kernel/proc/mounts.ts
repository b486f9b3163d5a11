import { MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY } from '../../abi/flags.ts';
import { majorOf, minorOf } from '../files/devices.ts';
import { type Mount, type Namespace, type Place, pathFrom } from '../files/namespace.ts';

const OPTIONS: readonly (readonly [flag: number, word: string])[] = [
  [MS_NOSUID, ',nosuid'],
  [MS_NODEV, ',nodev'],
  [MS_NOEXEC, ',noexec'],
];

function options(mount: Mount): string {
  const words = OPTIONS.map(([flag, word]) => (mount.flags & flag ? word : '')).join('');
  return `${mount.flags & MS_RDONLY ? 'ro' : 'rw'}${words},relatime`;
}

/** A path with the characters that would end a field written as octal escapes. */
function escaped(path: string): string {
  return path.replace(/[ \t\n\\]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

function pointOf(mount: Mount, root: Place): string {
  return escaped(pathFrom(root, { mount, dentry: mount.root }) ?? '/');
}

/** /proc/mounts: one line a mount, as fstab(5) has them. */
export function mounts(namespace: Namespace, root: Place): string {
  return namespace.mounts
    .map((mount) => `${escaped(mount.source)} ${pointOf(mount, root)} ${mount.fs.type} ${options(mount)} 0 0\n`)
    .join('');
}

/** /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
export function mountInfo(namespace: Namespace, root: Place): string {
  return namespace.mounts
    .map((mount) => {
      const { device, type } = mount.fs;
      const parent = mount.at?.mount.id ?? mount.id;
      const ids = `${mount.id} ${parent} ${majorOf(device)}:${minorOf(device)}`;
      return `${ids} / ${pointOf(mount, root)} ${options(mount)} - ${type} ${escaped(mount.source)} rw\n`;
    })
    .join('');
}

/** /proc/PID/mountstats: the devices without numbers, since nobody counts for them. */
export function mountStats(namespace: Namespace, root: Place): string {
  return namespace.mounts
    .map((mount) => `device ${escaped(mount.source)} mounted on ${pointOf(mount, root)} with fstype ${mount.fs.type}\n`)
    .join('');
}
