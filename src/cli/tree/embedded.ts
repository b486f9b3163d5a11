import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EINVAL, ENOENT, ENOTDIR } from '../../abi/errno.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../../abi/flags.ts';
import { ReadOnlyTree } from '../../kernel/files/read-only.ts';
import type { Kernel, LowerStat, LowerTree, Memory } from '../../kernel/platform.ts';

/** A row of programs/MANIFEST.json. */
interface ManifestRow {
  readonly path: string;
  readonly type: 'directory' | 'file';
  /** Octal. */
  readonly mode: string;
  /** Files: where the contents are, relative to the manifest. */
  readonly file?: string;
  readonly size?: number;
  /** Files: symbolic links that lead to it. */
  readonly links?: readonly string[];
}

interface Entry {
  readonly mode: number;
  nlink: number;
  readonly size: number;
  /** Where the contents of a file are; where a link leads. */
  readonly file: string;
  readonly names: Map<string, number>;
}

const ROOT = 0;
/** The one time of all embedded files, ns since 1970: 2000-01-01. */
const MADE = 946_684_800e9;

function isDirectory(mode: number): boolean {
  return (mode & S_IFMT) === S_IFDIR;
}

/** The folder of the embedded programs, found beside the package's own files. */
export function programsFolder(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    const folder = join(at, 'programs');
    if (existsSync(join(folder, 'MANIFEST.json'))) return folder;
    if (dirname(at) === at) throw new Error('embedded programs: no programs/MANIFEST.json above this file');
  }
}

/** The default root: the embedded programs and the few files that they need, read-only, all of one fixed time. */
export class EmbeddedTree extends ReadOnlyTree implements LowerTree {
  readonly root = ROOT;
  readonly #memory: () => Memory;
  readonly #folder: string;
  readonly #entries: Entry[] = [];
  readonly #contents = new Map<string, Uint8Array>();

  /** `folder` holds MANIFEST.json and the files that it names; `memory` is the machine's, once it is there. */
  constructor(folder: string, memory: () => Memory) {
    super();
    this.#memory = memory;
    this.#folder = folder;
    this.#add(S_IFDIR | 0o755, '', 0);
    for (const row of JSON.parse(readFileSync(join(folder, 'MANIFEST.json'), 'utf8')) as ManifestRow[])
      this.#plant(row);
  }

  #plant(row: ManifestRow): void {
    const permissions = Number.parseInt(row.mode, 8);
    if (row.type === 'directory') {
      this.#name(row.path, this.#add(S_IFDIR | permissions, '', 0));
      return;
    }
    this.#name(row.path, this.#add(S_IFREG | permissions, row.file ?? '', row.size ?? 0));
    for (const link of row.links ?? []) this.#name(link, this.#add(S_IFLNK | 0o777, row.path, row.path.length));
  }

  #add(mode: number, file: string, size: number): number {
    return this.#entries.push({ mode, nlink: isDirectory(mode) ? 2 : 1, size, file, names: new Map() }) - 1;
  }

  #name(path: string, node: number): void {
    const slash = path.lastIndexOf('/');
    const parent = path
      .slice(1, Math.max(slash, 1))
      .split('/')
      .filter((name) => name !== '')
      .reduce((at, name) => this.#entries[at].names.get(name) ?? -1, ROOT);
    const directory = this.#entries[parent];
    if (!directory) throw new Error(`embedded programs: ${path}: its directory is not listed before it`);
    directory.names.set(path.slice(slash + 1), node);
    if (isDirectory(this.#entries[node].mode)) directory.nlink++;
  }

  #stat(node: number): LowerStat {
    const { mode, nlink, size } = this.#entries[node];
    return { node, mode, uid: 0, gid: 0, size, nlink, rdev: 0, mtime: MADE, ctime: MADE };
  }

  *stat(node: number): Kernel<LowerStat | number> {
    return this.#stat(node);
  }

  *lookup(directory: number, name: string): Kernel<LowerStat | number> {
    const found = this.#entries[directory].names.get(name);
    return found === undefined ? -ENOENT : this.#stat(found);
  }

  *list(directory: number): Kernel<readonly { readonly name: string; readonly type: number }[] | number> {
    const entry = this.#entries[directory];
    if (!isDirectory(entry.mode)) return -ENOTDIR;
    return [...entry.names]
      .map(([name, node]) => ({ name, type: this.#entries[node].mode >> 12 }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  *readlink(node: number): Kernel<string | number> {
    const { mode, file } = this.#entries[node];
    return (mode & S_IFMT) === S_IFLNK ? file : -EINVAL;
  }

  *read(node: number, position: number, address: number, length: number): Kernel<number> {
    const contents = this.#read(this.#entries[node].file);
    const count = Math.max(0, Math.min(length, contents.length - position));
    this.#memory().write(address, contents, position, count);
    return count;
  }

  #read(file: string): Uint8Array {
    let contents = this.#contents.get(file);
    if (!contents) this.#contents.set(file, (contents = readFileSync(join(this.#folder, file))));
    return contents;
  }
}
