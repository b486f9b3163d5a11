/** Towers are put together by name. */
import { describe, expect, it } from 'vitest';
import { TOWERS, tower } from '../../src/lab/registry.ts';

function parts(name: string): readonly string[] | string {
  const found = tower(name);
  return typeof found === 'string' ? found : [found.delivery.name, found.protection.name, found.switching.name];
}

describe('a name', () => {
  it('of a delivery brings its defaults', () => {
    expect(parts('umlinux')).toEqual(['umlinux', 'mmap', 'remap']);
    expect(parts('tt')).toEqual(['tt', 'open', 'homes']);
    expect(parts('sysemu')).toEqual(['sysemu', 'apart', 'processes']);
  });

  it('replaces a default by what it names', () => {
    expect(parts('tt+jail')).toEqual(['tt', 'jail', 'homes']);
    expect(parts('umlinux+jail+remap')).toEqual(['umlinux', 'jail', 'remap']);
  });

  it.each([
    ['umlinx', 'there is no tower umlinx. Did you mean umlinux?'],
    ['tt+jial', 'there is no part jial. Did you mean jail?'],
    ['jail', /^there is no tower jail\. Choose one of umlinux, tt, skas, sysemu/],
    ['skas+jail', 'skas does not go together with jail: as protection it has apart'],
    ['tt+remap', 'tt does not go together with remap: as way of switching it has homes'],
    ['tt+jail+open', 'tt+jail+open names two kinds of protection: choose one'],
    ['', /^there is no /],
  ])('that makes no sense is refused with the reason: %s', (name, reason) => {
    expect(parts(name)).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
  });

  it('is that of the tower', () => {
    for (const { name } of TOWERS) expect(tower(name)).toMatchObject({ name });
  });
});
