/** The interpreter's loop, put together from the forms and compiled once per processor. */
import type { Cpu } from '../cpu.ts';
import { PARITY } from '../flags.ts';
import type { Insn } from '../insn.ts';
import { CODE_BASE, EIP, TLB_WRITE } from '../state.ts';
import { CASES } from './forms.ts';
import { HOT_DENIED, HOT_ENDS, HOT_FORMS, HOT_LONE, HOT_STALE } from './specialize.ts';

/** Why the loop returned: the budget is used up; a fault is pending in cpu.pending; cpu.attention is set. */
export const DONE = 0;
export const FAULTED = 1;
export const ATTENTION = 2;

/**
 * Executes from `insn` on until `budget` instructions have retired, a fault is raised, or an instruction asks for
 * attention. Leaves EIP at the next instruction to execute (at the faulting one after a fault) and the unused budget
 * in cpu.left.
 */
export type Execute = (insn: Insn, budget: number) => number;

/**
 * More bytecode than V8 compiles (its --max-optimized-bytecode-size is 60 KiB): statements of 27 bytes each, never
 * executed.
 */
const PADDING = `case -1:${'s[0]=s[0];'.repeat(800)}`;

function source(padding: string): string {
  let cases = '';
  let number = HOT_FORMS;
  for (const text of CASES.values()) cases += `case ${number++}:{${text}break;}\n`;
  return `
const s=cpu.s,u8=cpu.u8,view=cpu.view,code=cpu.code,fault=cpu.pending;
return function execute(insn,budget){
  let i=insn,n=budget|0,a=0,b=0,c=0,d=0,e=0,p=0,r=0,t=null;
  let tr=cpu.tlb,tw=tr+${TLB_WRITE};
  try{
    L:for(;;){
      if(n===0){s[${EIP}]=s[${CODE_BASE}]+i.start|0;cpu.left=0;return ${DONE};}
      n=n-1|0;
      t=i.next;
      switch(i.hot){
        case 0:i.run(cpu,i);break;
        case ${HOT_STALE}:n=n+1|0;s[${EIP}]=s[${CODE_BASE}]+i.start|0;t=code.fetch();break;
        case ${HOT_DENIED}:cpu.left=n+1|0;return ${FAULTED};
        case ${HOT_LONE}:
        case ${HOT_ENDS}:
          s[${EIP}]=s[${CODE_BASE}]+i.end|0;cpu.left=n;i.run(cpu,i);
          if(cpu.attention){cpu.left=n;return ${ATTENTION};}
          if(n===0)return ${DONE};
          tr=cpu.tlb;tw=tr+${TLB_WRITE};t=code.fetch();break;
${cases}${padding}
      }
      if(t===null){
        if(n===0){s[${EIP}]=s[${CODE_BASE}]+i.end|0;cpu.left=0;return ${DONE};}
        t=code.follow(i);
      }
      i=t;
    }
    s[${EIP}]=s[${CODE_BASE}]+i.start|0;cpu.left=n+1|0;return ${FAULTED};
  }catch(x){
    if(x!==fault)throw x;
    if(code.fetching){code.fetching=false;cpu.left=n;}
    else{s[${EIP}]=s[${CODE_BASE}]+i.start|0;cpu.left=n+1|0;}
    return ${FAULTED};
  }
};`;
}

/** Puts the loop together for one processor: its memory views become constants of the compiled code. */
export function compile(cpu: Cpu): Execute {
  return new Function('cpu', 'PARITY', source(''))(cpu, PARITY) as Execute;
}

/**
 * The same loop for the first moments of a run, in a form that V8 only interprets: compiling the loop takes it some
 * 300 ms, for which a process waits even at its end, and a short program is done before.
 */
export function interpretOnly(cpu: Cpu): Execute {
  return new Function('cpu', 'PARITY', source(PADDING))(cpu, PARITY) as Execute;
}
