/** Processor models: what each has, and what CPUID says of it. */
import type { Feature } from './opcodes/row.ts';

export interface Model {
  readonly name: string;
  readonly title: string;
  readonly features: ReadonlySet<Feature>;
  /** CPUID leaf 1, EAX: family, model, stepping. */
  readonly signature: number;
  /** CPUID leaf 1, EDX, computed from the features, never written by hand. */
  readonly featureBits: number;
  /** utsname-like platform name for AT_PLATFORM. */
  readonly platform: string;
  readonly megahertz: number;
}

/** CPUID.1:EDX bit of each feature that has one (SDM vol. 2A, CPUID). */
const BITS: Partial<Record<Feature, number>> = {
  fpu: 0,
  tsc: 4,
  msr: 5,
  cx8: 8,
  sep: 11,
  cmov: 15,
  mmx: 23,
  fxsr: 24,
  sse: 25,
  sse2: 26,
};
/** System features without an opcode of their own: VME is absent, DE, PSE, PGE (bits 2, 3, 13). */
const DEBUG_EXTENSIONS = 1 << 2;
const PSE = 1 << 3;
const PGE = 1 << 13;

function model(
  name: string,
  title: string,
  platform: string,
  megahertz: number,
  signature: number,
  system: number,
  features: readonly Feature[],
): Model {
  let featureBits = system;
  for (const feature of features) {
    const bit = BITS[feature];
    if (bit !== undefined) featureBits |= 1 << bit;
  }
  return { name, title, platform, megahertz, signature, featureBits, features: new Set(features) };
}

const I486: readonly Feature[] = ['fpu', '486', 'cpuid'];
const PENTIUM: readonly Feature[] = [...I486, 'tsc', 'msr', 'cx8'];
const PENTIUM2: readonly Feature[] = [...PENTIUM, 'cmov', 'mmx', 'sep', 'fxsr'];
const PENTIUM4: readonly Feature[] = [...PENTIUM2, 'sse', 'sse2'];

export const MODELS: Readonly<Record<string, Model>> = {
  i486: model('i486', 'Intel 486 DX4', 'i486', 100, 0x480, 0, I486),
  pentium: model('pentium', 'Intel Pentium', 'i586', 133, 0x52c, DEBUG_EXTENSIONS | PSE, PENTIUM),
  pentium2: model('pentium2', 'Intel Pentium II', 'i686', 350, 0x652, DEBUG_EXTENSIONS | PSE | PGE, PENTIUM2),
  pentium4: model('pentium4', 'Intel Pentium 4', 'i686', 2400, 0xf27, DEBUG_EXTENSIONS | PSE | PGE, PENTIUM4),
};
