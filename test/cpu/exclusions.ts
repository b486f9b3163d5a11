/** Instructions whose results differ between processors or kernels by design: the random tests leave them out. */
import type { Row } from '../../src/machine/opcodes/row.ts';

const REASONS: readonly (readonly [names: RegExp, reason: string])[] = [
  [/^cpuid$/, 'says which processor it is'],
  [/^rdtsc$/, 'reads the time'],
  [/^rdpmc$/, 'counts events of the real processor; Linux sets CR4.PCE'],
  [/^(sgdt|sidt|sldt|str|smsw)$/, 'UMIP faults, and Linux answers in its place'],
  [/^(sysenter|sysexit)$/, '#UD on AMD in compatibility mode; elsewhere a system call'],
  [
    /^(fsin|fcos|fsincos|fptan|fpatan|f2xm1|fyl2x|fyl2xp1)$/,
    'transcendental: within 1 ulp only, test/cpu/x87 compares',
  ],
  [/^(rcp|rsqrt)[ps]s$/, 'estimates: each processor has its own, test/machine/simd checks their error'],
  [/^int1$/, 'under a hypervisor on AMD, EIP is that of the instruction; the manuals say the next'],
  [/^ud0$/, 'has no ModRM byte on AMD and one on Intel: its length, and so a fault on fetching it, differs'],
  [/^ud1$/, 'reserved for native routines'],
];

/** Why a row is left out of the random tests, or undefined when it is in. */
export function leftOut(row: Row): string | undefined {
  return REASONS.find(([names]) => names.test(row.name))?.[1];
}
