/**
 * Shows the loop to the JavaScript engine before it matters: every form is executed once on each of its ways.
 *
 * V8 compiles the loop as soon as a few thousand instructions have run. Code that had not run by then is compiled to an
 * exit, so that each form met later would throw the compiled loop away: some 300 ms of compiling anew, several times in a
 * run of half a second. After this the first compilation knows all forms.
 */
import type { Cpu } from '../cpu.ts';
import { Insn } from '../insn.ts';
import { Ledger } from '../ledger.ts';
import { Natives } from '../native.ts';
import type { Row } from '../opcodes/row.ts';
import { Paging } from '../paging.ts';
import { setSegment, updateMode } from '../segments.ts';
import * as st from '../state.ts';
import type { Execute } from './execute.ts';
import { CASES } from './forms.ts';
import { HOT_FORMS, HOT_GENERIC } from './specialize.ts';

/** Attributes of flat 32-bit segments: code and data. */
const FLAT_CODE = 0xc09b;
const FLAT_DATA = 0xc093;
const NOP = 0x90;
/** Where jumps lead, in the page of NOPs, and the page that operands lie in. */
const GOAL = 4;
const DATA = 0x1000;
const OPERAND = DATA + 0x800;
/** Bytes at the start of memory that are used. */
const USED = DATA + 0x1000;
/**
 * {FRES, FCAR} that make every condition true at least once, and false; and operands: a product that is no word must have
 * been seen.
 */
const FLAGS = [
  [0, 0, GOAL],
  [-1, 0x80000000 | 0, 0x80000000 | 0],
  [1, 0x40000000, 0x7fffffff],
] as const;
/** Budget, and whether the branch target is already linked. */
const WAYS = [
  [2, false],
  [1, false],
  [1, true],
] as const;
/** The engine collects nothing about a function before it has run for a while: so many instructions are for nothing. */
const WASTED = 4096;

/** Two rows, because a call that only ever had one target would be compiled for this one. */
const ROWS = [() => {}, (cpu: Cpu) => void (cpu.attention = true)].map(
  (run) => ({ code: '', name: '', operands: '', run, ends: false }) as unknown as Row,
);

/** Executes every form of `execute`, in the midst of a run; then everything is as before, and nothing was counted. */
export function warm(cpu: Cpu, execute: Execute): void {
  const { s, u8, ledger, paging, natives, tlb, flat, bound, big, single, shadow, debugHits, attention, stop, left } =
    cpu;
  const words = s.slice(0, st.TLB + st.TLB_WORDS);
  const bytes = u8.slice(st.RAM, st.RAM + USED);
  // Others that know of nothing, for the time being.
  cpu.ledger = new Ledger();
  cpu.paging = new Paging(cpu);
  cpu.natives = new Natives(cpu);
  cpu.single = false;
  s.fill(0, 0, st.TLB);
  s.fill(st.TLB_EMPTY, st.TLB, st.TLB + st.TLB_WORDS);
  cpu.code.apart(USED >>> 12, () => everyForm(cpu, execute));
  s.set(words);
  u8.set(bytes, st.RAM);
  Object.assign(cpu, {
    ledger,
    paging,
    natives,
    tlb,
    flat,
    bound,
    big,
    single,
    shadow,
    debugHits,
    attention,
    stop,
    left,
  });
}

function everyForm(cpu: Cpu, execute: Execute): void {
  enterFlat(cpu);
  cpu.memory.fill(0, NOP, 64);
  const idle = insnOf(HOT_GENERIC, false);
  idle.next = idle;
  execute(idle, WASTED);
  for (let form = 0; form < HOT_FORMS; form++) all(cpu, execute, form, WAYS, BRANCHING);
  let form = HOT_FORMS;
  for (const text of CASES.values()) {
    const branches = text.includes('t=');
    // A branch finds its goal where others find an operand.
    all(cpu, execute, form++, branches ? WAYS : WAYS.slice(0, 1), branches ? BRANCHING : FLAGS);
  }
  fault(cpu, execute);
  denied(cpu, execute);
}

function enterFlat(cpu: Cpu): void {
  cpu.s[st.CR0] = 1;
  for (const seg of [st.ES, st.SS, st.DS]) setSegment(cpu, seg, 8, 0, -1, FLAT_DATA);
  setSegment(cpu, st.CS, 16, 0, -1, FLAT_CODE);
  updateMode(cpu);
}

type Way = (typeof WAYS)[number];
type Flags = readonly [result: number, carries: number, operand: number];
const BRANCHING: readonly Flags[] = FLAGS.map(([result, carries]) => [result, carries, GOAL]);

/** Executes one form on each of the ways with each of the flags; the first time no page is in the TLB. */
function all(cpu: Cpu, execute: Execute, form: number, ways: readonly Way[], flags: readonly Flags[]): void {
  cpu.paging.flush(true);
  for (const way of ways) for (const each of flags) once(cpu, execute, form, way, each);
}

function once(cpu: Cpu, execute: Execute, form: number, [budget, linked]: Way, flags: Flags): void {
  prepare(cpu, flags);
  cpu.attention = false;
  execute(insnOf(form, linked), budget);
}

/** A fault of an operand beyond its segment, and one of a fetch beyond the code segment. */
function fault(cpu: Cpu, execute: Execute): void {
  const { s } = cpu;
  cpu.paging.flush(true);
  for (const seg of [st.DS, st.CS]) {
    setSegment(cpu, seg, 8, 0, 0, s[st.ATTR + seg]);
    once(cpu, execute, HOT_FORMS + LOAD, WAYS[0], FLAGS[0]);
    setSegment(cpu, seg, 8, 0, -1, s[st.ATTR + seg]);
  }
}

/** A page fault that is known before the access: in ring 3, with an empty page directory. */
function denied(cpu: Cpu, execute: Execute): void {
  const { s, memory } = cpu;
  memory.store32(DATA, 0);
  s[st.CR3] = DATA;
  s[st.CR0] = 0x80000001 | 0;
  s[st.CPL] = 3;
  updateMode(cpu);
  cpu.paging.flush(true);
  once(cpu, execute, HOT_FORMS + LOAD, WAYS[0], FLAGS[0]);
}

/** The number of a form that reads memory. */
const LOAD = [...CASES.keys()].indexOf('mov/4 G,E m');

/** Every register is the address of a NOP, but for the stack's and the two that are operands, as is one in memory. */
function prepare(cpu: Cpu, [result, carries, operand]: Flags): void {
  const { s, memory } = cpu;
  s.fill(GOAL, st.EAX, st.EDI + 1);
  s[st.ECX] = operand;
  s[st.EDX] = operand;
  s[st.ESP] = OPERAND;
  s[st.EBP] = OPERAND;
  s[st.EIP] = GOAL;
  s[st.FRES] = result;
  s[st.FCAR] = carries;
  memory.store32(OPERAND, operand);
}

let made = 0;

/** An instruction of a form at address 0. */
function insnOf(form: number, linked: boolean): Insn {
  const insn = new Insn(ROWS[made++ & 1]);
  insn.hot = form;
  insn.end = 2;
  insn.reg = st.ECX;
  insn.rm = st.EDX;
  insn.disp = OPERAND;
  insn.imm = GOAL - 2;
  if (linked) insn.target = insnOf(0, false);
  return insn;
}
