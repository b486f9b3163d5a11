/** Address spaces against a model that keeps one record per page. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, MAP_SHARED } from '../../src/abi/flags.ts';
import type { FileService } from '../../src/kernel/files/service.ts';
import { Frames } from '../../src/kernel/memory/frames.ts';
import { Limits } from '../../src/kernel/memory/limits.ts';
import { mapPages, protectPages, unmapPages } from '../../src/kernel/memory/map.ts';
import { Pool } from '../../src/kernel/memory/pool.ts';
import { ACCERR, AddressSpace, MAPERR, OK } from '../../src/kernel/memory/space.ts';
import { UserMemory } from '../../src/kernel/memory/user.ts';
import { FakePlatform } from './fake.ts';

const PAGE = 4096;
const FIRST = 0x100;
const PAGES = 24;

interface ModelPage {
  rights: number;
  value: number;
  shared: { value: number } | undefined;
}

function world(frames = 2048) {
  const platform = new FakePlatform([], { frames });
  const pool = new Pool(platform, {} as FileService);
  const space = AddressSpace.create(pool, new Limits())!;
  return { platform, pool, space, user: new UserMemory(platform.memory, space) };
}

const page = fc.integer({ min: 0, max: PAGES - 1 });
const count = fc.integer({ min: 1, max: 6 });
const rights = fc.constantFrom(0, 1, 3, 2);
const operation = fc.oneof(
  fc.record({ kind: fc.constant('map' as const), page, count, rights, shared: fc.boolean() }),
  fc.record({ kind: fc.constant('unmap' as const), page, count }),
  fc.record({ kind: fc.constant('protect' as const), page, count, rights }),
  fc.record({ kind: fc.constant('write' as const), page, value: fc.integer({ min: 1, max: 1 << 30 }) }),
  fc.record({ kind: fc.constant('read' as const), page }),
  fc.record({ kind: fc.constant('fork' as const), into: fc.boolean() }),
);

describe('an address space', () => {
  it('holds what a record per page would hold, across map, unmap, protect and fork', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const { pool, platform, space: start } = world();
        const free = pool.frames.free;
        let space = start;
        let model = new Map<number, ModelPage>();
        const others: [AddressSpace, Map<number, ModelPage>][] = [];
        for (const op of operations) {
          const user = new UserMemory(platform.memory, space);
          if (op.kind === 'map') {
            const flags = MAP_FIXED | MAP_ANONYMOUS | (op.shared ? MAP_SHARED : MAP_PRIVATE);
            const request = {
              address: (FIRST + op.page) * PAGE,
              length: op.count * PAGE,
              protection: op.rights,
              flags,
            };
            expect(mapPages(space, { ...request, backing: null, offset: 0, mayWrite: true })).toBe(request.address);
            for (let n = op.page; n < op.page + op.count; n++) {
              model.set(n, { rights: op.rights, value: 0, shared: op.shared ? { value: 0 } : undefined });
            }
          } else if (op.kind === 'unmap') {
            expect(unmapPages(space, (FIRST + op.page) * PAGE, op.count * PAGE)).toBe(0);
            for (let n = op.page; n < op.page + op.count; n++) model.delete(n);
          } else if (op.kind === 'protect') {
            let whole = true;
            for (let n = op.page; n < op.page + op.count && whole; n++) {
              const entry = model.get(n);
              if (entry) entry.rights = op.rights;
              else whole = false;
            }
            const got = protectPages(space, (FIRST + op.page) * PAGE, op.count * PAGE, op.rights);
            expect(got).toBe(whole ? 0 : -12);
          } else if (op.kind === 'write') {
            const entry = model.get(op.page);
            const expected = !entry ? MAPERR : entry.rights & 2 ? OK : ACCERR;
            expect(space.touch(FIRST + op.page, true)).toBe(expected);
            if (expected !== OK) continue;
            expect(user.writable((FIRST + op.page) * PAGE, 4)).toBe(0);
            user.store32((FIRST + op.page) * PAGE, op.value);
            if (entry!.shared) entry!.shared.value = op.value;
            else entry!.value = op.value;
          } else if (op.kind === 'read') {
            const entry = model.get(op.page);
            const expected = !entry ? MAPERR : entry.rights ? OK : ACCERR;
            expect(space.touch(FIRST + op.page, false)).toBe(expected);
            if (expected === OK)
              expect(user.load32((FIRST + op.page) * PAGE)).toBe(entry!.shared?.value ?? entry!.value);
          } else {
            const child = space.fork()!;
            const copy = new Map([...model].map(([n, entry]) => [n, { ...entry }]));
            others.push(op.into ? [space, model] : [child, copy]);
            if (op.into) [space, model] = [child, copy];
          }
        }
        for (const [other, pages] of [...others, [space, model] as const]) {
          const user = new UserMemory(platform.memory, other);
          for (const [n, entry] of pages) {
            if (!entry.rights) continue;
            expect(other.touch(FIRST + n, false)).toBe(OK);
            expect(user.load32((FIRST + n) * PAGE)).toBe(entry.shared?.value ?? entry.value);
          }
        }
        for (const [other] of others) other.release();
        space.release();
        expect(pool.frames.free).toBe(free);
      }),
      { numRuns: 300 },
    );
  });

  it('hands out addresses from the top down, below the stack', () => {
    const { space } = world();
    const map = (length: number, address = 0) =>
      mapPages(space, {
        address,
        length,
        protection: 3,
        flags: MAP_PRIVATE | MAP_ANONYMOUS,
        backing: null,
        offset: 0,
        mayWrite: true,
      });
    expect(map(PAGE)).toBe(0xb7fff000);
    expect(map(3 * PAGE)).toBe(0xb7ffc000);
    expect(unmapPages(space, 0xb7ffd000, PAGE)).toBe(0);
    expect(map(2 * PAGE)).toBe(0xb7ffa000);
    expect(map(PAGE)).toBe(0xb7ffd000);
    expect(map(PAGE, 0x12345678)).toBe(0x12345000);
    expect(map(PAGE, 0x12345678)).not.toBe(0x12345000);
  });

  it('translates what is valid of a buffer, from its start', () => {
    const { space, user } = world();
    mapPages(space, {
      address: 0x10000000,
      length: 2 * PAGE,
      protection: 3,
      flags: MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS,
      backing: null,
      offset: 0,
      mayWrite: true,
    });
    const whole = user.ranges(0x10000ffc, 8, true);
    expect(Array.isArray(whole) && whole.filter((_, n) => n % 2 === 1).reduce((a, b) => a + b)).toBe(8);
    const cut = user.ranges(0x10001ff0, 64, true);
    expect(Array.isArray(cut) && cut[1]).toBe(16);
    expect(user.ranges(0x10002000, 1, false)).toBe(-14);
    expect(user.writable(0xfffffffc, 8)).toBe(-14);
    expect(user.readable(0x10001ffc, 4)).toBe(0);
    user.store32(0x10000ffe, 0x04030201);
    expect(user.load32(0x10000ffe)).toBe(0x04030201);
    expect(user.load16(0x10001000)).toBe(0x0403);
    expect(user.string(0x10000ffe)).toBe('\x01\x02\x03\x04');
    expect(user.string(0x10000ffe, 3)).toBe(-36);
  });

  it('says that memory is exhausted, and takes pages again once some are free', () => {
    const { space, pool } = world(64);
    const length = 63 * PAGE;
    const flags = MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS;
    mapPages(space, { address: 0x10000000, length, protection: 3, flags, backing: null, offset: 0, mayWrite: true });
    let touched = 0;
    while (space.touch(0x10000 + touched, true) === OK) touched++;
    expect(touched).toBe(62);
    expect(pool.frames.free).toBe(0);
    unmapPages(space, 0x10000000, PAGE);
    expect(space.touch(0x10000 + touched, true)).toBe(OK);
    expect(new Frames(0, 1).allocate()).toBe(0);
  });
});
