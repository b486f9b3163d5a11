/** Code that changes under the processor's eyes: what is executed is what memory holds. */
import { describe, expect, it } from 'vitest';
import { EAX, EBX, ECX, EIP, EXECUTE, WRITE } from '../../src/kernel/platform.ts';
import { CODE, dword, Workbench } from '../host/workbench.ts';

const INT80 = [0xcd, 0x80];
/** MOV EAX, imm32. */
const movEax = (value: number) => [0xb8, ...dword(value)];
/** MOV BYTE [address], imm8. */
const storeByte = (address: number, value: number) => [0xc6, 0x05, ...dword(address), value];

describe('self-modifying code', () => {
  it('an instruction may change the one after it', () => {
    const bench = new Workbench();
    // The immediate of MOV EAX, 1 lies at 7 + 1.
    bench.page(CODE, [...storeByte(CODE + 8, 2), ...movEax(1), ...INT80], WRITE | EXECUTE);
    const thread = bench.thread();
    bench.run(thread);
    expect(thread.regs[EAX]).toBe(2);
  });

  it('an instruction in a loop may change itself', () => {
    const bench = new Workbench();
    // again: ADD EAX, 1; INC BYTE [again + 2]; DEC ECX; JNZ again   (the immediate grows: 1 + 2 + 3 + 4 + 5)
    const body = [0x83, 0xc0, 1, 0xfe, 0x05, ...dword(CODE + 2), 0x49, 0x75, 0xf4];
    bench.page(CODE, [...body, ...INT80], WRITE | EXECUTE);
    const thread = bench.thread();
    thread.regs[ECX] = 5;
    bench.run(thread);
    expect(thread.regs[EAX]).toBe(15);
  });

  it('a write through a second address of the frame is seen', () => {
    const bench = new Workbench();
    const alias = 0x30000000;
    const body = [...movEax(1), ...INT80, ...storeByte(alias + 1, 9), 0xeb, 0xf0];
    const frame = bench.page(CODE, body, EXECUTE);
    bench.space.map(alias >>> 12, frame, WRITE);
    const thread = bench.thread();
    bench.run(thread);
    expect(thread.regs[EAX]).toBe(1);
    bench.run(thread);
    expect(thread.regs[EAX]).toBe(9);
  });

  it('a write that was made while the page was plain data keeps being seen once it is code', () => {
    const bench = new Workbench();
    const alias = 0x30000000;
    const target = bench.page(0x40000000, [...movEax(1), 0xc3], EXECUTE);
    bench.space.map(alias >>> 12, target, WRITE);
    // Store through the alias (fills the write TLB), call, store again, call again.
    const at = CODE;
    const first = storeByte(alias + 1, 5);
    const callTarget = (from: number) => [0xe8, ...dword(0x40000000 - (from + 5))];
    const bytes = [
      ...first,
      ...callTarget(at + 7),
      0x89,
      0xc3,
      ...storeByte(alias + 1, 6),
      ...callTarget(at + 21),
      ...INT80,
    ];
    bench.page(CODE, bytes, EXECUTE);
    const thread = bench.thread();
    bench.run(thread);
    expect([thread.regs[EBX], thread.regs[EAX]]).toEqual([5, 6]);
  });

  it('a change in the second page of an instruction that crosses pages is seen', () => {
    const bench = new Workbench();
    const alias = 0x30000000;
    const first = bench.page(CODE, [], EXECUTE);
    bench.host.memory.write((first << 12) + 4094, Uint8Array.from([0xb8, 1]), 0, 2);
    // Second page: the rest of MOV EAX; INT 0x80; then change its high byte and go back.
    const rest = [0, 0, 0, ...INT80, ...storeByte(alias + 2, 0x12), 0xe9, ...dword(-19)];
    const second = bench.page(CODE + 4096, rest, EXECUTE);
    bench.space.map(alias >>> 12, second, WRITE);
    const thread = bench.thread(CODE + 4094);
    bench.run(thread);
    expect(thread.regs[EAX]).toBe(1);
    bench.run(thread);
    expect(thread.regs[EAX]).toBe(0x12000001);
  });

  it('many stores turn a page back into data, and it still executes what it holds', () => {
    const bench = new Workbench();
    // again: INC BYTE [CODE + 0x801]; CALL CODE + 0x800; DEC ECX; JNZ again
    const body = [
      0xfe,
      0x05,
      ...dword(CODE + 0x801),
      0xe8,
      ...dword(0x800 - 11),
      0x01,
      0xc3,
      0x49,
      0x75,
      0xf0,
      ...INT80,
    ];
    const frame = bench.page(CODE, body, WRITE | EXECUTE);
    bench.host.memory.write((frame << 12) + 0x800, Uint8Array.from([...movEax(0), 0xc3]), 0, 6);
    const thread = bench.thread();
    thread.regs[ECX] = 200;
    bench.run(thread);
    expect(thread.regs[EBX]).toBe((200 * 201) / 2);
  });

  it('a kernel write into the page is seen', () => {
    const bench = new Workbench();
    const frame = bench.page(CODE, [...movEax(1), ...INT80, 0xeb, 0xf7], EXECUTE);
    const thread = bench.thread();
    bench.run(thread);
    bench.host.memory.store8((frame << 12) + 1, 77);
    bench.run(thread);
    expect(thread.regs[EAX]).toBe(77);
  });
});

describe('decoded code and address spaces', () => {
  it('a page mapped to another frame executes that frame', () => {
    const bench = new Workbench();
    bench.page(CODE, [...movEax(1), ...INT80, 0xeb, 0xf7]);
    const thread = bench.thread();
    bench.run(thread);
    bench.page(CODE, [...movEax(2), ...INT80, 0xeb, 0xf7]);
    bench.run(thread);
    expect(thread.regs[EAX]).toBe(2);
  });

  it('one frame executes at two addresses in two spaces, position by position', () => {
    const bench = new Workbench();
    // CALL $+5; POP EAX: the address it runs at.
    const frame = bench.page(CODE, [0xe8, 0, 0, 0, 0, 0x58, ...INT80]);
    const other = bench.host.newSpace();
    if (other === undefined) throw new Error('no space');
    other.map(0x50000, frame, EXECUTE);
    other.map(0x20000, bench.page(0x21000000, [], WRITE), WRITE);
    const [a, b] = [bench.thread(), bench.thread(0x50000000)];
    bench.run(a);
    bench.run(b, other);
    expect([a.regs[EAX], b.regs[EAX]]).toEqual([CODE + 5, 0x50000005]);
  });

  it('a page that is unmapped while it runs faults at the next instruction', () => {
    const bench = new Workbench();
    bench.page(CODE, [...INT80, 0x90]);
    const thread = bench.thread();
    bench.run(thread);
    bench.space.unmap(CODE >>> 12, 1);
    expect(bench.run(thread)).toMatchObject({ why: 'fault', address: CODE + 2, error: 4 });
    expect(thread.regs[EIP]).toBe(CODE + 2);
  });
});
