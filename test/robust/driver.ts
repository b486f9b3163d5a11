/**
 * A program that starts many hostile children one after the other, by machine code alone: child n executes /m/nnnn, or
 * jumps into a text of its own. A timer ends each; what it leaves behind is killed and waited for.
 */
import { PF_R, PF_W, PF_X } from '../../src/abi/elf.ts';
import { Code, elf, TEXT } from './assembly.ts';

/** The driver's variables. */
const DATA = TEXT + 0x2000;
const PATH = DATA;
const TIMER = DATA + 0x20;
const COUNTER = DATA + 0x40;
const CHILD = DATA + 0x44;
const ACTION = DATA + 0x60;
const PARENT_TIMER = DATA + 0x70;
const VECTOR = DATA + 0x50;
const EMPTY = DATA + 0x5c;

const CALL = {
  exit: 1,
  fork: 2,
  execve: 11,
  kill: 37,
  setpgid: 57,
  setitimer: 104,
  wait4: 114,
  sigaction: 67,
  setresuid: 164,
};
/** Microseconds that the parent waits for a child that does not even end by its own timer. */
const PARENT_PATIENCE = 20_000;
const WUNTRACED = 2;
const WALL = 0x40000000;
const E = 4;
const S = 8;

/** The path that child `n` executes. */
export function childPath(n: number): string {
  return `/m/${String(n).padStart(4, '0')}`;
}

export interface Plan {
  readonly count: number;
  /** Microseconds of virtual time that a child gets. */
  readonly patience: number;
  /** What a child does instead of executing its file: code that finds the child's number in EDI. */
  readonly inside?: (code: Code) => void;
  /** Further segments of the program. */
  readonly parts?: Parameters<typeof elf>[1];
  /** User that a child becomes. */
  readonly uid?: number;
}

/** The driver as an ELF file. */
export function driver(plan: Plan): Uint8Array {
  const code = new Code();
  code.call(CALL.sigaction, 14, ACTION, 0);
  code.label('next').load('edi', COUNTER);
  // CMP EDI, count
  code.emit(0x81, 0xff).word(plan.count).jump('done', E);
  code.call(CALL.fork).emit(0x85, 0xc0).jump('child', E).jump('done', S);
  code.store(CHILD, 'eax');
  // The child ends or stops, or the parent's timer does; then it is killed with its group, and all that is left is waited for.
  code.call(CALL.setitimer, 0, PARENT_TIMER, 0);
  code
    .load('ebx', CHILD)
    .move('ecx', 0)
    .move('edx', WUNTRACED | WALL)
    .move('esi', 0)
    .move('eax', CALL.wait4)
    .emit(0xcd, 0x80);
  code.load('ebx', CHILD).move('ecx', 9).move('eax', CALL.kill).emit(0xcd, 0x80);
  code.load('ebx', CHILD).emit(0xf7, 0xdb).move('ecx', 9).move('eax', CALL.kill).emit(0xcd, 0x80);
  code
    .label('reap')
    .call(CALL.wait4, -1, 0, WALL, 0)
    .emit(0x85, 0xc0)
    .jump('reap', S ^ 1);
  // INC dword [COUNTER]
  code.emit(0xff, 0x05).word(COUNTER).jump('next');
  code.label('done').load('ebx', COUNTER).emit(0xc1, 0xeb, 8).move('eax', CALL.exit).emit(0xcd, 0x80);

  // SIGALRM does nothing but end a wait.
  code.label('handler').emit(0xc3);
  code.label('child').call(CALL.setpgid, 0, 0);
  if (plan.uid !== undefined) code.call(CALL.setresuid, plan.uid, plan.uid, plan.uid);
  code.call(CALL.setitimer, 0, TIMER, 0).load('edi', COUNTER);
  if (plan.inside) plan.inside(code);
  else {
    // Four decimal digits of EDI, last first.
    code.copy('eax', 'edi').move('ecx', 10);
    for (let digit = 3; digit >= 0; digit--) {
      // XOR EDX, EDX; DIV ECX; ADD DL, '0'; MOV [PATH + 3 + digit], DL
      code.emit(0x31, 0xd2, 0xf7, 0xf1, 0x80, 0xc2, 0x30, 0x88, 0x15).word(PATH + 3 + digit);
    }
    code.call(CALL.execve, PATH, VECTOR, EMPTY);
  }
  code.call(CALL.exit, 126);

  const text = code.finish();
  const data = new Uint8Array(0x80);
  const view = new DataView(data.buffer);
  data.set(Buffer.from('/m/0000'));
  // Again and again, for those that catch the first.
  view.setUint32(0x20 + 4, plan.patience, true);
  view.setUint32(0x20 + 12, plan.patience, true);
  view.setUint32(ACTION - DATA, TEXT + code.at('handler'), true);
  view.setUint32(PARENT_TIMER - DATA + 12, PARENT_PATIENCE, true);
  view.setUint32(VECTOR - DATA, PATH, true);
  return elf(TEXT, [
    { address: TEXT, bytes: text, flags: PF_R | PF_X },
    { address: DATA, bytes: data, size: 4096, flags: PF_R | PF_W },
    ...(plan.parts ?? []),
  ]);
}
