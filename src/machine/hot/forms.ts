/**
 * The common instructions of flat 32-bit code, as source text for the interpreter's switch.
 *
 * Each form says how operands are fetched and stored, each operation what happens between; a case is their product.
 * V8 does not inline across so large a function, so the text is put together here instead of called.
 *
 * Names in the text: `i` the instruction, `s` state and memory as words, `u8`, `view` the same as bytes and unaligned
 * values, `t` the instruction to go on with (null: not linked yet), `a` an address, `p` a byte offset in `view` or -1, `b` the source, `d` the destination's old value, `r` the
 * result, `tr`/`tw` word offsets of the read and write TLB, `n` the budget left.
 */
import { EAX, EBP, ECX, EDX, EIP, ESP, FCAR, FRES, SS } from '../state.ts';

/** Address of the memory operand; segments are flat, so it is linear at once. */
const EA = 'a=s[i.base]+(s[i.index]<<i.scale)+i.disp|0;';
const TAG = ['', '(a&-4096)', '(a+1&-4096)', '', '(a+3&-4096)'];
const GET = ['', 'u8[@]', 'view.getUint16(@,true)', '', 'view.getInt32(@,true)'];
const BITS = ['', '8', '16', '', '32'];

/** Leaves the loop where a page fault is certain; thrown it would cost some 3 us. */
const DENIED = (size: number, write: boolean) => `if(cpu.paging.denied(a,${size},${write}))break L;`;

/**
 * Loads `size` bytes at `a` in segment `seg` into `to`. What a call returns is `|0`: only then does V8 know it for a word,
 * and needs no check for each sum of it that the first large value would fail.
 */
function load(to: string, size: number, seg = 'i.seg'): string {
  return `e=tr+(a>>>11&2046);if(s[e]===${TAG[size]}){${to}=${GET[size].replace('@', 'a+s[e+1]|0')};}else{${DENIED(size, false)}${to}=cpu.load${BITS[size]}(${seg},a)|0;}`;
}
function put(size: number, at: string, value: string): string {
  if (size === 1) return `u8[${at}]=${value}`;
  return size === 2 ? `view.setInt16(${at},${value},true)` : `view.setInt32(${at},${value},true)`;
}
/** Stores `value` at `a`. */
function store(size: number, value: string, seg = 'i.seg'): string {
  return `e=tw+(a>>>11&2046);if(s[e]===${TAG[size]}){${put(size, 'a+s[e+1]|0', value)};}else{${DENIED(size, true)}cpu.store${BITS[size]}(${seg},a,${value});}`;
}
/** Loads an operand that will be written back: takes the write fault now. */
function loadForWrite(to: string, size: number): string {
  return `e=tw+(a>>>11&2046);if(s[e]===${TAG[size]}){p=a+s[e+1]|0;${to}=${GET[size].replace('@', 'p')};}else{${DENIED(size, true)}p=-1;a=cpu.modify(i.seg,a,${size});${to}=cpu.readBack(a,${size})|0;}`;
}
function storeBack(size: number, value: string): string {
  return `if(p>=0){${put(size, 'p', value)};}else cpu.write${BITS[size]}(a,${value});`;
}
const push = (value: string) => `a=s[${ESP}]-4|0;${store(4, value, String(SS))}s[${ESP}]=a;`;
const pop = (to: string) => `a=s[${ESP}];${load(to, 4, String(SS))}s[${ESP}]=a+4|0;`;

const R8 = (n: string) => `u8[(${n}&3)<<2|${n}>>2]`;
/** Register operand as an expression: source value of `size` bytes. */
function reg(n: string, size: number): string {
  return size === 1 ? R8(n) : size === 2 ? `s[${n}]&65535` : `s[${n}]`;
}
function setReg(n: string, size: number, value: string): string {
  if (size === 1) return `${R8(n)}=${value};`;
  return size === 2 ? `s[${n}]=s[${n}]&-65536|${value}&65535;` : `s[${n}]=${value};`;
}

/** Flags from result `r` and carries `c`; 8- and 16-bit carries are moved to the top of the word. */
const F = (size: number, carries: string) => {
  const up = 32 - size * 8;
  const result = size === 4 ? 'r' : `r<<${up}>>${up}`;
  const vector = size === 4 ? `${carries}` : `(c=${carries},c<<${up}&-1073741824|c&8)`;
  return `s[${FRES}]=${result};s[${FCAR}]=${size === 4 ? `(${vector})&-1073741816` : vector};`;
};
const LOGIC = (size: number) => {
  const up = 32 - size * 8;
  return `s[${FRES}]=${size === 4 ? 'r' : `r<<${up}>>${up}`};s[${FCAR}]=0;`;
};
const ADDC = 'd&b|(d|b)&~r';
const SUBC = '~d&b|(~d|b)&r';

/** Operations of two operands: text that makes `r` and the flags from `d` and `b`; `writes` false for compares. */
interface Operation {
  readonly text: (size: number) => string;
  readonly writes: boolean;
}
const BINARY: Readonly<Record<string, Operation>> = {
  add: { writes: true, text: (z) => `r=d+b|0;${F(z, ADDC)}` },
  or: { writes: true, text: (z) => `r=d|b;${LOGIC(z)}` },
  adc: { writes: true, text: (z) => `r=d+b+(s[${FCAR}]>>>31)|0;${F(z, ADDC)}` },
  sbb: { writes: true, text: (z) => `r=d-b-(s[${FCAR}]>>>31)|0;${F(z, SUBC)}` },
  and: { writes: true, text: (z) => `r=d&b;${LOGIC(z)}` },
  sub: { writes: true, text: (z) => `r=d-b|0;${F(z, SUBC)}` },
  xor: { writes: true, text: (z) => `r=d^b;${LOGIC(z)}` },
  cmp: { writes: false, text: (z) => `r=d-b|0;${F(z, SUBC)}` },
  test: { writes: false, text: (z) => `r=d&b;${LOGIC(z)}` },
};

/** Condition texts by the upper three bits of the condition code. */
const HOLDS = [
  `(s[${FCAR}]^s[${FCAR}]<<1)<0`,
  `s[${FCAR}]<0`,
  `s[${FRES}]===0`,
  `(s[${FCAR}]<0||s[${FRES}]===0)`,
  `(s[${FRES}]^s[${FCAR}]<<27)<0`,
  `PARITY[(s[${FRES}]^s[${FCAR}]>>8)&255]!==0`,
  `(s[${FRES}]^s[${FCAR}]<<27^s[${FCAR}]^s[${FCAR}]<<1)<0`,
  `(s[${FRES}]===0||(s[${FRES}]^s[${FCAR}]<<27^s[${FCAR}]^s[${FCAR}]<<1)<0)`,
];
const cond = (cc: number) => ((cc & 1) === 0 ? HOLDS[cc >> 1] : `!(${HOLDS[cc >> 1]})`);

/** Leaves the loop when the budget is used up: what comes next must not be fetched then, since fetching can fault. */
const END_AT = (eip: string) => `if(n===0){s[${EIP}]=${eip};cpu.left=0;return 0;}`;
/** Goes to the direct target of a branch. */
const TAKE = `t=i.target;if(t===null){e=s[14]+i.end+i.imm|0;code.check(e);${END_AT('e')}t=code.branch(i,e);}`;
/** Goes to an address made at run time. */
const JUMP = (eip: string) => `${END_AT(eip)}t=code.jump(${eip});`;

/** Texts by key: `name/size operand-forms`. */
export const CASES = new Map<string, string>();

for (const [name, { text, writes }] of Object.entries(BINARY)) {
  for (const size of [4, 1]) {
    if (size === 1 && (name === 'adc' || name === 'sbb')) continue;
    const t = text(size);
    const rr = writes ? setReg('i.rm', size, 'r') : '';
    const imm = size === 1 ? 'i.imm&255' : 'i.imm';
    CASES.set(`${name}/${size} E,G r`, `d=${reg('i.rm', size)};b=${reg('i.reg', size)};${t}${rr}`);
    CASES.set(`${name}/${size} E,I r`, `d=${reg('i.rm', size)};b=${imm};${t}${rr}`);
    CASES.set(
      `${name}/${size} G,E m`,
      `${EA}${load('b', size)}d=${reg('i.reg', size)};${t}${writes ? setReg('i.reg', size, 'r') : ''}`,
    );
    if (writes) {
      CASES.set(
        `${name}/${size} E,G m`,
        `${EA}${loadForWrite('d', size)}b=${reg('i.reg', size)};${t}${storeBack(size, 'r')}`,
      );
      CASES.set(`${name}/${size} E,I m`, `${EA}${loadForWrite('d', size)}b=${imm};${t}${storeBack(size, 'r')}`);
    } else {
      CASES.set(`${name}/${size} E,G m`, `${EA}${load('d', size)}b=${reg('i.reg', size)};${t}`);
      CASES.set(`${name}/${size} E,I m`, `${EA}${load('d', size)}b=${imm};${t}`);
    }
    if (size === 4) CASES.set(`${name}/4 G,E r`, `d=s[i.reg];b=s[i.rm];${t}${writes ? 's[i.reg]=r;' : ''}`);
  }
}
CASES.set('cmp/2 E,I m', `${EA}${load('d', 2)}b=i.imm&65535;${BINARY.cmp.text(2)}`);
CASES.set('cmp/2 E,G r', `d=s[i.rm]&65535;b=s[i.reg]&65535;${BINARY.cmp.text(2)}`);
CASES.set('cmp/2 E,I r', `d=s[i.rm]&65535;b=i.imm&65535;${BINARY.cmp.text(2)}`);

for (const size of [4, 2, 1]) {
  CASES.set(
    `mov/${size} E,G r`,
    size === 1 ? `b=${R8('i.reg')};${setReg('i.rm', 1, 'b')}` : setReg('i.rm', size, reg('i.reg', size)),
  );
  CASES.set(
    `mov/${size} G,E r`,
    size === 1 ? `b=${R8('i.rm')};${setReg('i.reg', 1, 'b')}` : setReg('i.reg', size, reg('i.rm', size)),
  );
  CASES.set(`mov/${size} G,E m`, `${EA}${load('b', size)}${setReg('i.reg', size, 'b')}`);
  CASES.set(`mov/${size} E,G m`, `${EA}b=${reg('i.reg', size)};${store(size, 'b')}`);
  CASES.set(`mov/${size} E,I m`, `${EA}${store(size, 'i.imm')}`);
  CASES.set(`mov/${size} Z,I r`, setReg('i.rm', size, 'i.imm'));
  CASES.set(`mov/${size} E,I r`, setReg('i.rm', size, 'i.imm'));
}
for (const [letter, size, up] of [
  ['b', 1, 24],
  ['w', 2, 16],
] as const) {
  CASES.set(`movzx/4 G,E${letter} r`, `s[i.reg]=${size === 1 ? R8('i.rm') : 's[i.rm]&65535'};`);
  CASES.set(`movsx/4 G,E${letter} r`, `s[i.reg]=${size === 1 ? R8('i.rm') : 's[i.rm]'}<<${up}>>${up};`);
  CASES.set(`movzx/4 G,E${letter} m`, `${EA}${load('b', size)}s[i.reg]=b;`);
  CASES.set(`movsx/4 G,E${letter} m`, `${EA}${load('b', size)}s[i.reg]=b<<${up}>>${up};`);
}
CASES.set('lea/4 G,M m', `${EA}s[i.reg]=a;`);

// INC and DEC leave CF alone: bit 31 is put back, and bit 30 (CF xor OF) changes with it.
const KEEP = (carries: string) => `c=s[${FCAR}];${F(4, carries)}if((s[${FCAR}]^c)<0)s[${FCAR}]^=-1073741824;`;
for (const [name, sign, carries] of [
  ['inc', '+', 'd&1|(d|1)&~r'],
  ['dec', '-', '~d&1|(~d|1)&r'],
] as const) {
  const four = `r=d${sign}1|0;${KEEP(carries)}`;
  CASES.set(`${name}/4 Z r`, `d=s[i.rm];${four}s[i.rm]=r;`);
  CASES.set(`${name}/4 E r`, `d=s[i.rm];${four}s[i.rm]=r;`);
  CASES.set(`${name}/4 E m`, `${EA}${loadForWrite('d', 4)}${four}${storeBack(4, 'r')}`);
}
CASES.set('neg/4 E r', `b=s[i.rm];d=0;r=-b|0;${F(4, SUBC)}s[i.rm]=r;`);
CASES.set('not/4 E r', 's[i.rm]=~s[i.rm];');

CASES.set('push/4 Z r', `b=s[i.rm];${push('b')}`);
CASES.set('push/4 I r', push('i.imm'));
CASES.set('push/4 E m', `${EA}${load('b', 4)}${push('b')}`);
CASES.set('pop/4 Z r', `${pop('b')}s[i.rm]=b;`);
CASES.set('leave/4 r', `a=s[${EBP}];${load('b', 4, String(SS))}s[${ESP}]=a+4|0;s[${EBP}]=b;`);
CASES.set('cdq/4 r', `s[${EDX}]=s[${EAX}]>>31;`);
CASES.set('cwde/4 r', `s[${EAX}]=s[${EAX}]<<16>>16;`);
CASES.set('nop/4 r', '');
CASES.set('nop/4 E r', '');
CASES.set('nop/4 E m', '');
CASES.set('xchg/4 E,G r', 'b=s[i.rm];s[i.rm]=s[i.reg];s[i.reg]=b;');
CASES.set('bswap/4 Z r', 'b=s[i.rm];s[i.rm]=b<<24|(b&65280)<<8|b>>>8&65280|b>>>24;');

// Shifts: CF is the last bit out; OF as the processor gives it for every count.
const SHIFTS: Readonly<Record<string, string>> = {
  shl: `r=d<<b;c=d<<b-1;s[${FCAR}]=c&-2147483648|r>>>1&1073741824;`,
  shr: `r=d>>>b|0;c=d>>>b-1<<31;s[${FCAR}]=c|(c^d>>>b-1)>>>1&1073741824;`,
  sar: `r=d>>b;c=d>>b-1<<31;s[${FCAR}]=c|c>>>1&1073741824;`,
};
for (const [name, body] of Object.entries(SHIFTS)) {
  const shift = `if(b!==0){d=s[i.rm];${body}s[${FRES}]=r;s[i.rm]=r;}`;
  CASES.set(`${name}/4 E,I r`, `b=i.imm&31;${shift}`);
  CASES.set(`${name}/4 E,1 r`, `b=1;${shift}`);
  CASES.set(`${name}/4 E,C r`, `b=s[${ECX}]&31;${shift}`);
}

// Rotates change CF and OF alone: bits 31 and 30 of the carries. OF as for a count of 1, whatever the count.
const ROTATES: Readonly<Record<string, string>> = {
  rol: `r=d<<b|d>>>32-b;c=r<<31|r>>>1&1073741824;`,
  ror: `r=d>>>b|d<<32-b;c=r&-1073741824;`,
};
for (const [name, body] of Object.entries(ROTATES)) {
  const rotate = `if(b!==0){d=s[i.rm];${body}s[${FCAR}]=s[${FCAR}]&1073741823|c;s[i.rm]=r;}`;
  CASES.set(`${name}/4 E,I r`, `b=i.imm&31;${rotate}`);
  CASES.set(`${name}/4 E,1 r`, `b=1;${rotate}`);
  CASES.set(`${name}/4 E,C r`, `b=s[${ECX}]&31;${rotate}`);
}

// The low 32 bits of the product, and CF = OF = whether they do not hold all of it; SF, ZF, PF follow the result.
const IMUL = `r=Math.imul(d,b);s[${FRES}]=r;s[${FCAR}]=r===d*b?0:-2147483648;s[i.reg]=r;`;
CASES.set('imul/4 G,E r', `d=s[i.reg];b=s[i.rm];${IMUL}`);
CASES.set('imul/4 G,E m', `${EA}${load('b', 4)}d=s[i.reg];${IMUL}`);
CASES.set('imul/4 G,E,I r', `d=s[i.rm];b=i.imm;${IMUL}`);
CASES.set('imul/4 G,E,I m', `${EA}${load('d', 4)}b=i.imm;${IMUL}`);

CASES.set('call/4 J r', `if(i.target===null)code.check(s[14]+i.end+i.imm|0);${push('s[14]+i.end|0')}${TAKE}`);
CASES.set('call/4 E r', `r=s[i.rm];code.check(r);${push('s[14]+i.end|0')}${JUMP('r')}`);
CASES.set('call/4 E m', `${EA}${load('r', 4)}code.check(r);${push('s[14]+i.end|0')}${JUMP('r')}`);
CASES.set('ret/4 r', `a=s[${ESP}];${load('r', 4, String(SS))}code.check(r);s[${ESP}]=a+4|0;${JUMP('r')}`);
CASES.set('ret/4 I r', `a=s[${ESP}];${load('r', 4, String(SS))}code.check(r);s[${ESP}]=a+4+i.imm|0;${JUMP('r')}`);
CASES.set('jmp/4 J r', TAKE);
CASES.set('jmp/4 E r', `r=s[i.rm];code.check(r);${JUMP('r')}`);
CASES.set('jmp/4 E m', `${EA}${load('r', 4)}code.check(r);${JUMP('r')}`);
for (let cc = 0; cc < 16; cc++) {
  CASES.set(`j${cc}`, `if(${cond(cc)}){${TAKE}}`);
  CASES.set(`set${cc} r`, `${R8('i.rm')}=${cond(cc)}?1:0;`);
  CASES.set(`cmov${cc} r`, `if(${cond(cc)})s[i.reg]=s[i.rm];`);
}
