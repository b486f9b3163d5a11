/** A tar archive in POSIX form (pax(1), ustar with extended headers for long names). */

const BLOCK = 512;

/** One member of an archive. Names are byte strings (one character per byte). */
export interface Member {
  readonly path: string;
  readonly type: 'file' | 'hardlink' | 'symlink' | 'character' | 'block' | 'directory' | 'fifo';
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** Where a link leads. */
  readonly target?: string;
  readonly major?: number;
  readonly minor?: number;
  /** A file's length in bytes, and its contents in pieces. */
  readonly size?: number;
  readonly data?: Iterable<Uint8Array>;
}

const TYPES: Readonly<Record<Member['type'], string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
};

function put(header: Uint8Array, at: number, text: string, size: number): void {
  header.set(Buffer.from(text, 'latin1').subarray(0, size), at);
}

const octal = (value: number, size: number): string => value.toString(8).padStart(size - 1, '0');

function header(member: Member, type: string, size: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  put(block, 0, member.path, 100);
  put(block, 100, octal(member.mode & 0o7777, 8), 7);
  put(block, 108, octal(member.uid, 8), 7);
  put(block, 116, octal(member.gid, 8), 7);
  put(block, 124, octal(size, 12), 11);
  put(block, 136, octal(Math.max(0, member.mtime), 12), 11);
  put(block, 148, '        ', 8);
  put(block, 156, type, 1);
  put(block, 157, member.target ?? '', 100);
  put(block, 257, 'ustar\u000000', 8);
  put(block, 329, octal(member.major ?? 0, 8), 7);
  put(block, 337, octal(member.minor ?? 0, 8), 7);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(block, 148, `${octal(sum, 7)}\0 `, 8);
  return block;
}

function padded(data: Uint8Array): Uint8Array {
  const block = new Uint8Array(Math.ceil(data.length / BLOCK) * BLOCK);
  block.set(data);
  return block;
}

/** A record of an extended header: its own length, keyword, value (pax(1)). */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (`${length}${rest}`.length !== length) length = `${length}${rest}`.length;
  return `${length}${rest}`;
}

/** The blocks of one member. */
export function* memberBlocks(member: Member): Generator<Uint8Array> {
  const records = [
    member.path.length > 100 ? paxRecord('path', member.path) : '',
    (member.target?.length ?? 0) > 100 ? paxRecord('linkpath', member.target ?? '') : '',
  ].join('');
  if (records !== '') {
    const data = Buffer.from(records, 'latin1');
    yield header({ ...member, path: 'pax', target: '' }, 'x', data.length);
    yield padded(data);
  }
  const size = member.size ?? 0;
  yield header(member, TYPES[member.type], size);
  yield* member.data ?? [];
  if (size % BLOCK !== 0) yield new Uint8Array(BLOCK - (size % BLOCK));
}

/** The two empty blocks that end an archive. */
export function endBlocks(): Uint8Array {
  return new Uint8Array(2 * BLOCK);
}
