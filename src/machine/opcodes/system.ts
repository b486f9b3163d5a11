/** Rows of the system instructions: segments, far transfers, interrupts, control registers, I/O. */
import { clts, invalidateCaches, invlpg, lmsw, readControl, smsw, writeControl } from '../control.ts';
import { cpuid } from '../cpuid.ts';
import { icebp, readDebug, writeDebug } from '../debug.ts';
import { callFar, callFarMemory, jumpFar, jumpFarMemory, returnFar } from '../far.ts';
import { CS, DS, ES, FS, GS, SS } from '../state.ts';
import { cli, popf, sti } from '../system/eflags.ts';
import { iret } from '../system/iret.ts';
import { rdmsr, rdpmc, rdtsc, wrmsr } from '../system/msr.ts';
import { inDx, inImmediate, ins, outDx, outImmediate, outs } from '../system/ports.ts';
import { loadPointer, moveFrom, moveTo, popSegment, pushSegment } from '../system/selectors.ts';
import { sysenter, sysexit } from '../system/sysenter.ts';
import { lgdt, lidt, lldt, ltr, sgdt, sidt, sldt, str } from '../system/tables.ts';
import { breakpoint, halt, interrupt, overflow, rsm } from '../system/trap.ts';
import { arpl, lar, lsl, verr, verw } from '../system/verify.ts';
import type { Row } from './row.ts';

const SEGMENTS: readonly Row[] = [
  { code: '8c', name: 'mov', operands: 'Ew,Sw', run: moveFrom },
  { code: '8e', name: 'mov', operands: 'Sw,Ew', run: moveTo, ends: true },
  { code: '06', name: 'push', operands: 'ES', run: pushSegment(ES) },
  { code: '0e', name: 'push', operands: 'CS', run: pushSegment(CS) },
  { code: '16', name: 'push', operands: 'SS', run: pushSegment(SS) },
  { code: '1e', name: 'push', operands: 'DS', run: pushSegment(DS) },
  { code: '0f a0', name: 'push', operands: 'FS', run: pushSegment(FS) },
  { code: '0f a8', name: 'push', operands: 'GS', run: pushSegment(GS) },
  { code: '07', name: 'pop', operands: 'ES', run: popSegment(ES), ends: true },
  { code: '17', name: 'pop', operands: 'SS', run: popSegment(SS), ends: true },
  { code: '1f', name: 'pop', operands: 'DS', run: popSegment(DS), ends: true },
  { code: '0f a1', name: 'pop', operands: 'FS', run: popSegment(FS), ends: true },
  { code: '0f a9', name: 'pop', operands: 'GS', run: popSegment(GS), ends: true },
  { code: 'c4 m', name: 'les', operands: 'Gv,Mp', run: loadPointer(ES), ends: true },
  { code: 'c5 m', name: 'lds', operands: 'Gv,Mp', run: loadPointer(DS), ends: true },
  { code: '0f b2 m', name: 'lss', operands: 'Gv,Mp', run: loadPointer(SS), ends: true },
  { code: '0f b4 m', name: 'lfs', operands: 'Gv,Mp', run: loadPointer(FS), ends: true },
  { code: '0f b5 m', name: 'lgs', operands: 'Gv,Mp', run: loadPointer(GS), ends: true },
  { code: '63', name: 'arpl', operands: 'Ew,Gw', run: arpl },
  { code: '0f 02', name: 'lar', operands: 'Gv,Ew', run: lar },
  { code: '0f 03', name: 'lsl', operands: 'Gv,Ew', run: lsl },
  { code: '0f 00 /0', name: 'sldt', operands: 'Ew', run: sldt },
  { code: '0f 00 /1', name: 'str', operands: 'Ew', run: str },
  { code: '0f 00 /2', name: 'lldt', operands: 'Ew', run: lldt, privileged: true },
  { code: '0f 00 /3', name: 'ltr', operands: 'Ew', run: ltr, privileged: true },
  { code: '0f 00 /4', name: 'verr', operands: 'Ew', run: verr },
  { code: '0f 00 /5', name: 'verw', operands: 'Ew', run: verw },
  { code: '0f 01 /0 m', name: 'sgdt', operands: 'Ms', run: sgdt },
  { code: '0f 01 /1 m', name: 'sidt', operands: 'Ms', run: sidt },
  { code: '0f 01 /2 m', name: 'lgdt', operands: 'Ms', run: lgdt, privileged: true },
  { code: '0f 01 /3 m', name: 'lidt', operands: 'Ms', run: lidt, privileged: true },
];

const TRANSFERS: readonly Row[] = [
  { code: '9a', name: 'lcall', operands: 'Ap', run: callFar, ends: true },
  { code: 'ea', name: 'ljmp', operands: 'Ap', run: jumpFar, ends: true },
  { code: 'ff /3 m', name: 'lcall', operands: 'Mp', run: callFarMemory, ends: true },
  { code: 'ff /5 m', name: 'ljmp', operands: 'Mp', run: jumpFarMemory, ends: true },
  { code: 'ca', name: 'lret', operands: 'Iw', run: returnFar, ends: true },
  { code: 'cb', name: 'lret', operands: '', run: returnFar, ends: true },
  { code: 'cc', name: 'int3', operands: '', run: breakpoint, ends: true },
  { code: 'cd', name: 'int', operands: 'Ib', run: interrupt, ends: true },
  { code: 'ce', name: 'into', operands: '', run: overflow, ends: true },
  { code: 'cf', name: 'iret', operands: '', run: iret, ends: true },
  { code: 'f1', name: 'int1', operands: '', run: icebp, ends: true },
  { code: '0f 34', name: 'sysenter', operands: '', run: sysenter, ends: true, cpu: 'sep' },
  { code: '0f 35', name: 'sysexit', operands: '', run: sysexit, ends: true, cpu: 'sep', privileged: true },
];

const CONTROL_REGISTERS: readonly Row[] = [
  { code: '0f 20', name: 'mov', operands: 'Rd,Cd', run: readControl, size: 4, privileged: true },
  { code: '0f 22', name: 'mov', operands: 'Cd,Rd', run: writeControl, size: 4, ends: true, privileged: true },
  { code: '0f 21', name: 'mov', operands: 'Rd,Dd', run: readDebug, size: 4, privileged: true },
  { code: '0f 23', name: 'mov', operands: 'Dd,Rd', run: writeDebug, size: 4, ends: true, privileged: true },
  { code: '0f 01 /4', name: 'smsw', operands: 'Ew', run: smsw },
  { code: '0f 01 /6', name: 'lmsw', operands: 'Ew', run: lmsw, ends: true, privileged: true },
  { code: '0f 01 /7 m', name: 'invlpg', operands: 'M', run: invlpg, ends: true, cpu: '486', privileged: true },
  { code: '0f 06', name: 'clts', operands: '', run: clts, ends: true, privileged: true },
  { code: '0f 08', name: 'invd', operands: '', run: invalidateCaches, cpu: '486', privileged: true },
  { code: '0f 09', name: 'wbinvd', operands: '', run: invalidateCaches, cpu: '486', privileged: true },
  { code: '0f 30', name: 'wrmsr', operands: '', run: wrmsr, ends: true, cpu: 'msr', privileged: true },
  { code: '0f 32', name: 'rdmsr', operands: '', run: rdmsr, ends: true, cpu: 'msr', privileged: true },
  { code: '0f 31', name: 'rdtsc', operands: '', run: rdtsc, ends: true, cpu: 'tsc' },
  { code: '0f 33', name: 'rdpmc', operands: '', run: rdpmc, cpu: 'mmx', privileged: true },
  { code: '0f a2', name: 'cpuid', operands: '', run: cpuid, cpu: 'cpuid' },
  { code: '0f aa', name: 'rsm', operands: '', run: rsm, privileged: true },
  { code: 'f4', name: 'hlt', operands: '', run: halt, ends: true, privileged: true },
  { code: '9d', name: 'popf', operands: '', run: popf, ends: true },
  { code: 'fa', name: 'cli', operands: '', run: cli, ends: true, privileged: true },
  { code: 'fb', name: 'sti', operands: '', run: sti, ends: true, privileged: true },
];

const PORTS: readonly Row[] = [
  { code: 'e4', name: 'in', operands: 'AL,Ib', run: inImmediate, privileged: true },
  { code: 'e5', name: 'in', operands: 'eAX,Ib', run: inImmediate, privileged: true },
  { code: 'e6', name: 'out', operands: 'Ib,AL', run: outImmediate, size: 1, privileged: true },
  { code: 'e7', name: 'out', operands: 'Ib,eAX', run: outImmediate, privileged: true },
  { code: 'ec', name: 'in', operands: 'AL,DX', run: inDx, privileged: true },
  { code: 'ed', name: 'in', operands: 'eAX,DX', run: inDx, privileged: true },
  { code: 'ee', name: 'out', operands: 'DX,AL', run: outDx, size: 1, privileged: true },
  { code: 'ef', name: 'out', operands: 'DX,eAX', run: outDx, privileged: true },
  { code: '6c', name: 'ins', operands: 'Yb,DX', run: ins, rep: true, ends: true, privileged: true },
  { code: '6d', name: 'ins', operands: 'Yv,DX', run: ins, rep: true, ends: true, privileged: true },
  { code: '6e', name: 'outs', operands: 'DX,Xb', run: outs, rep: true, ends: true, size: 1, privileged: true },
  { code: '6f', name: 'outs', operands: 'DX,Xv', run: outs, rep: true, ends: true, privileged: true },
];

export const SYSTEM: readonly Row[] = [...SEGMENTS, ...TRANSFERS, ...CONTROL_REGISTERS, ...PORTS];
