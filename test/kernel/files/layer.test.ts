import { describe, expect, it } from 'vitest';
import { ENOSPC } from '../../../src/abi/errno.ts';
import { O_APPEND, O_CREAT, O_RDWR, O_WRONLY, RENAME_EXCHANGE } from '../../../src/abi/flags.ts';
import type { LayerChange } from '../../../src/kernel/files/changes.ts';
import { drive, World } from './fake.ts';

const tree = {
  etc: { passwd: 'root\n', group: 'root\n', ssl: { cert: 'C', key: 'K' } },
  big: 'b'.repeat(10_000),
  old: { a: '1', b: '2' },
};

/** The changes of a world's layer, a line each. */
function changes(world: World): string[] {
  const lines: string[] = [];
  function* visit(change: LayerChange) {
    const bytes = yield* change.read(0, change.size);
    const text = typeof bytes === 'number' ? `${bytes}` : String.fromCharCode(...bytes.subarray(0, 8));
    lines.push([change.kind, change.path, change.mode.toString(8), text || change.target].join(' ').trimEnd());
  }
  expect(drive(world.service.changes(visit))).toBe(0);
  return lines;
}

describe('what a layer changed', () => {
  it('is nothing after reading', () => {
    const world = new World({ tree });
    world.contents('/etc/passwd');
    world.open('/nowhere');
    world.call('access', '/etc/ssl/cert', 0);
    expect(changes(world)).toEqual([]);
  });

  it('is what was made, written, given other attributes or removed', () => {
    const world = new World({ tree });
    world.write(world.open('/etc/passwd', O_WRONLY | O_APPEND), 'me\n');
    world.call('chmod', '/etc/group', 0o600);
    world.call('unlink', '/etc/ssl/key');
    world.write(world.open('/new', O_CREAT | O_WRONLY, 0o640), 'hello');
    world.call('link', '/new', '/twin');
    world.call('symlink', 'etc/passwd', '/link');
    world.call('unlink', '/nothing');
    world.open('/gone', O_CREAT | O_RDWR);
    world.call('unlink', '/gone');
    expect(changes(world)).toEqual([
      'node etc/group 100600 root\n'.trimEnd(),
      'node etc/passwd 100644 root\nme',
      'removed etc/ssl/key 0',
      'node link 120777 etc/passwd',
      'node new 100640 hello',
      'link twin 100640 hello',
    ]);
  });

  it('is a whole directory at its new place after a rename', () => {
    const world = new World({ tree });
    expect(world.call('rename', '/old', '/etc/moved')).toBe(0);
    expect(world.contents('/etc/moved/a')).toBe('1');
    expect(changes(world)).toEqual([
      'node etc/moved 40755',
      'node etc/moved/a 100644 1',
      'node etc/moved/b 100644 2',
      'removed old 0',
    ]);
  });

  it('survives an exchange', () => {
    const world = new World({ tree });
    expect(world.call('renameat2', -100, '/etc/passwd', -100, '/old/a', RENAME_EXCHANGE)).toBe(0);
    expect(world.contents('/etc/passwd')).toBe('1');
    expect(world.contents('/old/a')).toBe('root\n');
  });
});

describe('a layer with limits', () => {
  it('refuses what does not fit, keeps what does, and takes space back', () => {
    const world = new World({ tree, settings: { layer: { bytes: 40_960, names: 1000 } } });
    const fd = world.open('/f', O_CREAT | O_WRONLY);
    let written = 0;
    for (;;) {
      const count = world.write(fd, 'x'.repeat(3000));
      if (count < 0) {
        expect(count).toBe(-ENOSPC);
        break;
      }
      written += count;
      expect(written).toBeLessThanOrEqual(40_960);
    }
    expect(written).toBe(40_960);
    expect(world.call('truncate', '/f', 0)).toBe(0);
    expect(world.write(world.open('/f', O_WRONLY), 'x'.repeat(40_000))).toBe(40_000);
    expect(world.call('unlink', '/f')).toBe(0);
    // Still open: its pages count until the last descriptor is closed.
    expect(world.write(world.open('/g', O_CREAT | O_WRONLY), 'y'.repeat(8192))).toBe(-ENOSPC);
  });

  it('changes only the pages that are written', () => {
    const world = new World({ tree, settings: { layer: { bytes: 4096, names: 10 } } });
    const fd = world.open('/big', O_RDWR);
    expect(world.call('pwrite64', fd, world.put('Z'), 1, 5000, 0)).toBe(1);
    expect(world.call('pwrite64', fd, world.put('Z'), 1, 9000, 0)).toBe(-ENOSPC);
    const text = world.contents('/big') as string;
    expect(text.length).toBe(10_000);
    expect(text[5000]).toBe('Z');
    expect(text.replaceAll('b', '')).toBe('Z');
  });

  it('counts names', () => {
    const world = new World({ tree, settings: { layer: { bytes: 1 << 20, names: 3 } } });
    expect(world.call('mkdir', '/d', 0o755)).toBe(0);
    expect(world.call('symlink', 'x', '/d/l')).toBe(0);
    expect(world.call('link', '/big', '/d/big')).toBe(0);
    expect(world.call('mkdir', '/e', 0o755)).toBe(-ENOSPC);
    expect(world.call('unlink', '/d/l')).toBe(0);
    expect(world.call('mkdir', '/e', 0o755)).toBe(0);
  });

  it('reads with little memory by giving clean pages up', () => {
    const huge = 'h'.repeat(400_000);
    const world = new World({ tree: { huge }, frames: 40 });
    for (let round = 0; round < 3; round++) expect((world.contents('/huge') as string).length).toBe(400_000);
    expect(world.frames.free).toBeGreaterThanOrEqual(0);
  });
});
