/** Examples of the manual (SDM vol. 2) and corner cases; the random tests of test/cpu compare everything else. */
import { describe, expect, it } from 'vitest';
import { DATA, lab, STACK } from './lab.ts';

const CF = 1;
const PF = 4;
const AF = 0x10;
const ZF = 0x40;
const SF = 0x80;
const OF = 0x800;

describe('decimal adjustment, as the manual does it', () => {
  it('DAA: 79 + 35 = 14 and carry', () => {
    const { eax, flags } = lab('00 d8 27', { eax: 0x79, ebx: 0x35 });
    expect(eax).toBe(0x14);
    expect(flags & ~OF).toBe(CF | AF | PF);
  });
  it('DAS: 35 - 47 = 88 and borrow', () => {
    const { eax, flags } = lab('28 d8 2f', { eax: 0x35, ebx: 0x47 });
    expect(eax).toBe(0x88);
    expect(flags & ~OF).toBe(CF | AF | SF | PF);
  });
  it('AAM splits, AAD joins, AAM by 0 is #DE', () => {
    expect(lab('d4 0a', { eax: 63 }).eax).toBe(0x0603);
    expect(lab('d5 0a', { eax: 0x0603 }).eax).toBe(63);
    expect(lab('d4 00').fault).toBe('#DE');
  });
  it('AAA carries out of AL into AH with AX + 106h', () => {
    expect(lab('37', { eax: 0x00fa }).eax).toBe(0x0200);
  });
});

describe('division', () => {
  it('uses all 64 bits of the dividend', () => {
    const { eax, edx } = lab('f7 f3', { edx: 0xfffffffd, eax: 0xffffffff, ebx: 0xfffffffe });
    expect([eax, edx]).toEqual([0xffffffff, 0xfffffffd]); // (2^32 - 1)(2^32 - 2) + (2^32 - 3)
  });
  it('IDIV rounds to zero and the remainder has the sign of the dividend', () => {
    expect(lab('f7 fb', { edx: -1, eax: -7, ebx: 2 })).toMatchObject({ eax: 0xfffffffd, edx: 0xffffffff });
    expect(lab('f7 fb', { edx: 0, eax: 7, ebx: -2 })).toMatchObject({ eax: 0xfffffffd, edx: 1 });
  });
  it('IDIV gives -2^31 but not 2^31', () => {
    expect(lab('f7 fb', { edx: -1, eax: 0x80000000, ebx: 1 })).toMatchObject({ eax: 0x80000000, edx: 0, fault: '' });
    expect(lab('f7 fb', { edx: -1, eax: 0x80000000, ebx: -1 }).fault).toBe('#DE');
    expect(lab('f7 fb', { edx: 0x80000000, eax: 0, ebx: 0x80000000 }).fault).toBe('#DE');
  });
});

describe('repeated strings', () => {
  const memory = { [DATA]: '0102030405060708' };
  it('REP MOVSB into its own source repeats the first byte', () => {
    const found = lab('f3 a4', { memory, esi: DATA, edi: DATA + 1, ecx: 7 });
    expect(found.bytes(DATA, 8)).toBe('0101010101010101');
    expect(found).toMatchObject({ ecx: 0, esi: DATA + 7, edi: DATA + 8 });
  });
  it('REP MOVSD one byte up copies by elements', () => {
    expect(lab('f3 a5', { memory, esi: DATA, edi: DATA + 1, ecx: 2 }).bytes(DATA, 9)).toBe('010102030404060708');
  });
  it('REP MOVSD across pages equals one long copy', () => {
    const pattern = Array.from({ length: 64 }, (_, i) => (i * 7 + 1).toString(16).padStart(4, '0')).join('');
    const from = 0x5fc1;
    const found = lab('f3 a5', { memory: { [from]: pattern }, esi: from, edi: 0x6fb3, ecx: 32 });
    expect(found.bytes(0x6fb3, 128)).toBe(pattern);
    expect(found).toMatchObject({ ecx: 0, esi: from + 128, edi: 0x6fb3 + 128 });
  });
  it('counts with CX and moves SI, DI when the address size is 16 bits', () => {
    const found = lab('67 f3 a4', { memory, esi: 0x7fff0000 + DATA, edi: 0x10000 + DATA + 8, ecx: 0x50003 });
    expect(found.bytes(DATA + 8, 3)).toBe('010203');
    expect(found).toMatchObject({ ecx: 0x50000, esi: 0x7fff0000 + DATA + 3, edi: 0x10000 + DATA + 11 });
  });
  it('goes down when DF is set', () => {
    const found = lab('f3 a4', { memory, esi: DATA + 3, edi: DATA + 7, ecx: 4, flags: 0x400 });
    expect(found.bytes(DATA, 8)).toBe('0102030401020304');
  });
  it('REPNE SCASB stops behind the byte it finds', () => {
    const found = lab('f2 ae', { memory, edi: DATA, eax: 3, ecx: -1 });
    expect(found).toMatchObject({ edi: DATA + 3, ecx: 0xfffffffc });
    expect(found.flags & ZF).toBe(ZF);
  });
  it('REPE CMPSB finds a difference pages away', () => {
    const far = { [DATA + 0x1234]: '01', [0x6000 + 0x1234]: '02' };
    const found = lab('f3 a6', { memory: far, esi: DATA, edi: 0x6000, ecx: 0x2000 });
    expect(found).toMatchObject({ esi: DATA + 0x1235, edi: 0x6000 + 0x1235, ecx: 0x2000 - 0x1235 });
    expect(found.flags).toBe(CF | SF | PF | AF);
  });
  it('REPNE SCASD to the end of its count', () => {
    const found = lab('f2 af', { edi: DATA, eax: 0x80000000, ecx: 0x700 });
    expect(found).toMatchObject({ edi: DATA + 0x1c00, ecx: 0 });
    expect(found.flags).toBe(SF | PF); // 80000000h - 0
  });
  it('REP STOSW fills', () => {
    expect(lab('66 f3 ab', { edi: DATA + 1, eax: 0xabcd, ecx: 3 }).bytes(DATA, 8)).toBe('00cdabcdabcdab00');
  });
  it('REP with a count of 0 touches nothing', () => {
    expect(lab('f3 a4', { esi: 0, edi: 0, ecx: 0 })).toMatchObject({ esi: 0, edi: 0, fault: '' });
  });
});

describe('the stack', () => {
  it('PUSH ESP pushes the old value, POP ESP leaves the popped one', () => {
    expect(lab('54').bytes(STACK - 4, 4)).toBe('00800000');
    expect(lab('5c', { memory: { [STACK]: '44332211' } }).esp).toBe(0x11223344);
  });
  it('POP [ESP + 4] addresses with ESP after the pop', () => {
    const found = lab('8f 44 24 04', { memory: { [STACK]: '44332211' } });
    expect(found.bytes(STACK + 8, 4)).toBe('44332211');
  });
  it('ENTER 8, 2 copies the outer frame pointer', () => {
    const found = lab('c8 08 00 02', { ebp: DATA, memory: { [DATA - 4]: '78563412' } });
    expect(found.bytes(STACK - 12, 12)).toBe('fc7f00007856341200400000');
    expect(found).toMatchObject({ ebp: STACK - 4, esp: STACK - 20 });
  });
  it('uses SP alone in a 16-bit stack segment, and wraps', () => {
    const found = lab('50', { small: true, esp: 0x70000, eax: 0x1234 });
    expect(found.esp).toBe(0x7fffe);
    expect(found.bytes(0xfffe, 2)).toBe('3412');
  });
});

describe('shifts and bits', () => {
  it('takes counts modulo 32, and RCL of a byte modulo 9', () => {
    expect(lab('c1 e0 20', { eax: 5, flags: CF | ZF })).toMatchObject({ eax: 5, flags: CF | ZF });
    expect(lab('c0 d0 09', { eax: 0x81, flags: CF }).eax).toBe(0x81);
    expect(lab('c0 d0 0a', { eax: 0x81, flags: CF }).eax).toBe(0x03);
  });
  it('BT with a register reaches words below the operand', () => {
    const found = lab('0f ab 46 04', { esi: DATA, eax: -1 });
    expect(found.bytes(DATA, 8)).toBe('0000008000000000');
  });
  it('BSWAP reverses', () => {
    expect(lab('0f c8', { eax: 0x11223344 }).eax).toBe(0x44332211);
  });
});

describe('exchange', () => {
  it('XADD of a register with itself doubles it', () => {
    expect(lab('0f c1 c0', { eax: 21 }).eax).toBe(42);
  });
  it('CMPXCHG8B exchanges only what is equal', () => {
    const memory = { [DATA]: '0100000002000000' };
    const given = { memory, esi: DATA, eax: 1, ebx: 3, ecx: 4 };
    expect(lab('0f c7 0e', { ...given, edx: 2 }).bytes(DATA, 8)).toBe('0300000004000000');
    const different = lab('0f c7 0e', { ...given, edx: 9, flags: CF | ZF });
    expect(different).toMatchObject({ eax: 1, edx: 2, flags: CF });
    expect(different.bytes(DATA, 8)).toBe('0100000002000000');
  });
});

describe('what a model does not have', () => {
  it.each([
    ['i486', '0f 44 c1'], // cmove
    ['i486', '0f c7 0e'], // cmpxchg8b
    ['pentium', '0f 1f 00'], // nop [eax]
    ['pentium2', '0f 58 c1'], // addps
    ['pentium4', 'f0 90'], // lock nop
    ['pentium4', 'f0 01 c8'], // lock add eax, ecx
    ['pentium4', '8d c0'], // lea eax, eax
    ['pentium4', '0f c7 c8'], // cmpxchg8b eax
    ['pentium4', '62 c0'], // bound eax, eax
  ])('%s: %s is #UD', (model, code) => {
    expect(lab(code, { model, esi: DATA }).fault).toBe('#UD');
  });
  it('BOUND raises #BR outside its bounds', () => {
    const memory = { [DATA]: 'feffffff02000000' };
    expect(lab('62 06', { memory, esi: DATA, eax: -2 }).fault).toBe('');
    expect(lab('62 06', { memory, esi: DATA, eax: 3 }).fault).toBe('#BR');
  });
});
