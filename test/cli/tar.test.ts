import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { endBlocks, type Member, memberBlocks } from '../../src/cli/run/tar.ts';

const have = spawnSync('tar', ['--version']).status === 0;
const common = { mode: 0o4751, uid: 7, gid: 8, mtime: 1_000_000_000 };

function list(members: readonly Member[]): string[] {
  const archive = Buffer.concat([...members.flatMap((member) => [...memberBlocks(member)]), endBlocks()]);
  const { stdout, stderr, status } = spawnSync('tar', ['tvf', '-', '--numeric-owner', '--utc'], {
    input: archive,
    encoding: 'latin1',
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '));
}

it.skipIf(!have)('the system tar reads every type of member', () => {
  expect(
    list([
      { ...common, path: 'd/', type: 'directory' },
      { ...common, path: 'd/f', type: 'file', size: 513, data: [Buffer.alloc(500, 'x'), Buffer.alloc(13, 'y')] },
      { ...common, path: 'd/h', type: 'hardlink', target: 'd/f' },
      { ...common, path: 'd/s', type: 'symlink', target: '../far' },
      { ...common, path: 'd/c', type: 'character', major: 5, minor: 1 },
      { ...common, path: 'd/p', type: 'fifo' },
    ]),
  ).toEqual([
    'drwsr-x--x 7/8 0 2001-09-09 01:46 d/',
    '-rwsr-x--x 7/8 513 2001-09-09 01:46 d/f',
    'hrwsr-x--x 7/8 0 2001-09-09 01:46 d/h link to d/f',
    'lrwsr-x--x 7/8 0 2001-09-09 01:46 d/s -> ../far',
    'crwsr-x--x 7/8 5,1 2001-09-09 01:46 d/c',
    'prwsr-x--x 7/8 0 2001-09-09 01:46 d/p',
  ]);
});

it.skipIf(!have)('names of any length', () => {
  const name = `${'directory/'.repeat(30)}file`;
  const [line] = list([{ ...common, path: name, type: 'symlink', target: `/${name}` }]);
  expect(line).toBe(`lrwsr-x--x 7/8 0 2001-09-09 01:46 ${name} -> /${name}`);
});
