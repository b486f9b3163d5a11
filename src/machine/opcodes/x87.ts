/** The x87 instructions: D8 to DF, FWAIT, FXSAVE and FXRSTOR. SDM volume 2, appendix A.2.7, tables. */
import {
  arithmeticDouble,
  arithmeticInteger16,
  arithmeticInteger32,
  arithmeticPop,
  arithmeticRegister,
  arithmeticSingle,
  arithmeticTop,
} from '../x87/arithmetic.ts';
import * as compare from '../x87/comparison.ts';
import { fldConstant } from '../x87/constants.ts';
import * as elementary from '../x87/elementary.ts';
import * as environment from '../x87/environment.ts';
import { fxrstor, fxsave } from '../x87/fxsave.ts';
import * as integers from '../x87/integers.ts';
import { fwait } from '../x87/operand.ts';
import * as transfer from '../x87/transfer.ts';
import * as unary from '../x87/unary.ts';
import type { Row, Run } from './row.ts';

function row(code: string, name: string, operands: string, run: Run): Row {
  return { code, name, operands, run, cpu: 'fpu' };
}

/** Conditional moves and compares into EFLAGS came with CMOV. */
function row6(code: string, name: string, operands: string, run: Run): Row {
  return { code, name, operands, run, cpu: 'cmov' };
}

/** Aliases that the SDM does not list and every processor executes. */
const UNLISTED: readonly Row[] = [
  row('d9 d8+i', 'fstp1', 'STi', transfer.fstp1),
  row('dc d0+i', 'fcom2', 'STi', compare.fcomRegister),
  row('dc d8+i', 'fcomp3', 'STi', compare.fcompRegister),
  row('dd c8+i', 'fxch4', 'STi', transfer.fxch),
  row('de d0+i', 'fcomp5', 'STi', compare.fcompRegister),
  row('df c0+i', 'ffreep', 'STi', transfer.ffreep),
  row('df c8+i', 'fxch7', 'STi', transfer.fxch),
  row('df d0+i', 'fstp8', 'STi', transfer.fstpRegister),
  row('df d8+i', 'fstp9', 'STi', transfer.fstpRegister),
  row('db e0', 'fneni', '', environment.fnopControl),
  row('db e1', 'fndisi', '', environment.fnopControl),
  row('db e4', 'fnsetpm', '', environment.fnopControl),
];

export const X87: readonly Row[] = [
  row('9b', 'fwait', '', fwait),

  row('d8 /0 m', 'fadd', 'Md', arithmeticSingle),
  row('d8 /1 m', 'fmul', 'Md', arithmeticSingle),
  row('d8 /2 m', 'fcom', 'Md', compare.fcomSingle),
  row('d8 /3 m', 'fcomp', 'Md', compare.fcomSingle),
  row('d8 /4 m', 'fsub', 'Md', arithmeticSingle),
  row('d8 /5 m', 'fsubr', 'Md', arithmeticSingle),
  row('d8 /6 m', 'fdiv', 'Md', arithmeticSingle),
  row('d8 /7 m', 'fdivr', 'Md', arithmeticSingle),
  row('d8 c0+i', 'fadd', 'ST,STi', arithmeticTop),
  row('d8 c8+i', 'fmul', 'ST,STi', arithmeticTop),
  row('d8 d0+i', 'fcom', 'STi', compare.fcomRegister),
  row('d8 d8+i', 'fcomp', 'STi', compare.fcompRegister),
  row('d8 e0+i', 'fsub', 'ST,STi', arithmeticTop),
  row('d8 e8+i', 'fsubr', 'ST,STi', arithmeticTop),
  row('d8 f0+i', 'fdiv', 'ST,STi', arithmeticTop),
  row('d8 f8+i', 'fdivr', 'ST,STi', arithmeticTop),

  row('d9 /0 m', 'fld', 'Md', transfer.fldSingle),
  row('d9 /2 m', 'fst', 'Md', transfer.fstSingle),
  row('d9 /3 m', 'fstp', 'Md', transfer.fstpSingle),
  row('d9 /4 m', 'fldenv', 'M', environment.fldenv),
  row('d9 /5 m', 'fldcw', 'Mw', environment.fldcw),
  row('d9 /6 m', 'fnstenv', 'M', environment.fnstenv),
  row('d9 /7 m', 'fnstcw', 'Mw', environment.fnstcw),
  row('d9 c0+i', 'fld', 'STi', transfer.fldRegister),
  row('d9 c8+i', 'fxch', 'STi', transfer.fxch),
  row('d9 d0', 'fnop', '', transfer.fnop),
  row('d9 e0', 'fchs', '', unary.fchs),
  row('d9 e1', 'fabs', '', unary.fabs),
  row('d9 e4', 'ftst', '', compare.ftst),
  row('d9 e5', 'fxam', '', compare.fxam),
  row('d9 e8', 'fld1', '', fldConstant),
  row('d9 e9', 'fldl2t', '', fldConstant),
  row('d9 ea', 'fldl2e', '', fldConstant),
  row('d9 eb', 'fldpi', '', fldConstant),
  row('d9 ec', 'fldlg2', '', fldConstant),
  row('d9 ed', 'fldln2', '', fldConstant),
  row('d9 ee', 'fldz', '', fldConstant),
  row('d9 f0', 'f2xm1', '', elementary.f2xm1),
  row('d9 f1', 'fyl2x', '', elementary.fyl2x),
  row('d9 f2', 'fptan', '', elementary.fptan),
  row('d9 f3', 'fpatan', '', elementary.fpatan),
  row('d9 f4', 'fxtract', '', unary.fxtract),
  row('d9 f5', 'fprem1', '', unary.fprem1),
  row('d9 f6', 'fdecstp', '', transfer.fdecstp),
  row('d9 f7', 'fincstp', '', transfer.fincstp),
  row('d9 f8', 'fprem', '', unary.fprem),
  row('d9 f9', 'fyl2xp1', '', elementary.fyl2xp1),
  row('d9 fa', 'fsqrt', '', unary.fsqrt),
  row('d9 fb', 'fsincos', '', elementary.fsincos),
  row('d9 fc', 'frndint', '', unary.frndint),
  row('d9 fd', 'fscale', '', unary.fscale),
  row('d9 fe', 'fsin', '', elementary.fsin),
  row('d9 ff', 'fcos', '', elementary.fcos),

  row('da /0 m', 'fiadd', 'Md', arithmeticInteger32),
  row('da /1 m', 'fimul', 'Md', arithmeticInteger32),
  row('da /2 m', 'ficom', 'Md', compare.ficom32),
  row('da /3 m', 'ficomp', 'Md', compare.ficom32),
  row('da /4 m', 'fisub', 'Md', arithmeticInteger32),
  row('da /5 m', 'fisubr', 'Md', arithmeticInteger32),
  row('da /6 m', 'fidiv', 'Md', arithmeticInteger32),
  row('da /7 m', 'fidivr', 'Md', arithmeticInteger32),
  row6('da c0+i', 'fcmovb', 'ST,STi', transfer.fcmov),
  row6('da c8+i', 'fcmove', 'ST,STi', transfer.fcmov),
  row6('da d0+i', 'fcmovbe', 'ST,STi', transfer.fcmov),
  row6('da d8+i', 'fcmovu', 'ST,STi', transfer.fcmov),
  row('da e9', 'fucompp', '', compare.fucompp),

  row('db /0 m', 'fild', 'Md', integers.fild32),
  row('db /2 m', 'fist', 'Md', integers.fist32),
  row('db /3 m', 'fistp', 'Md', integers.fistp32),
  row('db /5 m', 'fld', 'Mt', transfer.fldExtended),
  row('db /7 m', 'fstp', 'Mt', transfer.fstpExtended),
  row6('db c0+i', 'fcmovnb', 'ST,STi', transfer.fcmov),
  row6('db c8+i', 'fcmovne', 'ST,STi', transfer.fcmov),
  row6('db d0+i', 'fcmovnbe', 'ST,STi', transfer.fcmov),
  row6('db d8+i', 'fcmovnu', 'ST,STi', transfer.fcmov),
  row('db e2', 'fnclex', '', environment.fnclex),
  row('db e3', 'fninit', '', environment.fninit),
  row6('db e8+i', 'fucomi', 'ST,STi', compare.fucomi),
  row6('db f0+i', 'fcomi', 'ST,STi', compare.fcomi),

  row('dc /0 m', 'fadd', 'Mq', arithmeticDouble),
  row('dc /1 m', 'fmul', 'Mq', arithmeticDouble),
  row('dc /2 m', 'fcom', 'Mq', compare.fcomDouble),
  row('dc /3 m', 'fcomp', 'Mq', compare.fcomDouble),
  row('dc /4 m', 'fsub', 'Mq', arithmeticDouble),
  row('dc /5 m', 'fsubr', 'Mq', arithmeticDouble),
  row('dc /6 m', 'fdiv', 'Mq', arithmeticDouble),
  row('dc /7 m', 'fdivr', 'Mq', arithmeticDouble),
  row('dc c0+i', 'fadd', 'STi,ST', arithmeticRegister),
  row('dc c8+i', 'fmul', 'STi,ST', arithmeticRegister),
  row('dc e0+i', 'fsubr', 'STi,ST', arithmeticRegister),
  row('dc e8+i', 'fsub', 'STi,ST', arithmeticRegister),
  row('dc f0+i', 'fdivr', 'STi,ST', arithmeticRegister),
  row('dc f8+i', 'fdiv', 'STi,ST', arithmeticRegister),

  row('dd /0 m', 'fld', 'Mq', transfer.fldDouble),
  row('dd /2 m', 'fst', 'Mq', transfer.fstDouble),
  row('dd /3 m', 'fstp', 'Mq', transfer.fstpDouble),
  row('dd /4 m', 'frstor', 'M', environment.frstor),
  row('dd /6 m', 'fnsave', 'M', environment.fnsave),
  row('dd /7 m', 'fnstsw', 'Mw', environment.fnstsw),
  row('dd c0+i', 'ffree', 'STi', transfer.ffree),
  row('dd d0+i', 'fst', 'STi', transfer.fstRegister),
  row('dd d8+i', 'fstp', 'STi', transfer.fstpRegister),
  row('dd e0+i', 'fucom', 'STi', compare.fucom),
  row('dd e8+i', 'fucomp', 'STi', compare.fucomp),

  row('de /0 m', 'fiadd', 'Mw', arithmeticInteger16),
  row('de /1 m', 'fimul', 'Mw', arithmeticInteger16),
  row('de /2 m', 'ficom', 'Mw', compare.ficom16),
  row('de /3 m', 'ficomp', 'Mw', compare.ficom16),
  row('de /4 m', 'fisub', 'Mw', arithmeticInteger16),
  row('de /5 m', 'fisubr', 'Mw', arithmeticInteger16),
  row('de /6 m', 'fidiv', 'Mw', arithmeticInteger16),
  row('de /7 m', 'fidivr', 'Mw', arithmeticInteger16),
  row('de c0+i', 'faddp', 'STi,ST', arithmeticPop),
  row('de c8+i', 'fmulp', 'STi,ST', arithmeticPop),
  row('de d9', 'fcompp', '', compare.fcompp),
  row('de e0+i', 'fsubrp', 'STi,ST', arithmeticPop),
  row('de e8+i', 'fsubp', 'STi,ST', arithmeticPop),
  row('de f0+i', 'fdivrp', 'STi,ST', arithmeticPop),
  row('de f8+i', 'fdivp', 'STi,ST', arithmeticPop),

  row('df /0 m', 'fild', 'Mw', integers.fild16),
  row('df /2 m', 'fist', 'Mw', integers.fist16),
  row('df /3 m', 'fistp', 'Mw', integers.fistp16),
  row('df /4 m', 'fbld', 'Mt', integers.fbld),
  row('df /5 m', 'fild', 'Mq', integers.fild64),
  row('df /6 m', 'fbstp', 'Mt', integers.fbstp),
  row('df /7 m', 'fistp', 'Mq', integers.fistp64),
  row('df e0', 'fnstsw', 'AX', environment.fnstswAx),
  row6('df e8+i', 'fucomip', 'ST,STi', compare.fucomip),
  row6('df f0+i', 'fcomip', 'ST,STi', compare.fcomip),
  ...UNLISTED,

  { code: 'np 0f ae /0 m', name: 'fxsave', operands: 'M', run: fxsave, cpu: 'fxsr' },
  { code: 'np 0f ae /1 m', name: 'fxrstor', operands: 'M', run: fxrstor, cpu: 'fxsr' },
];
