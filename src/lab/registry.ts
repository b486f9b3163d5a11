/** The mechanisms that there are. This is the only file that names them. */
import { towerNamed } from '../guest/compose.ts';
import type { GuestParts } from '../guest/life.ts';
import { APART, OPEN } from '../guest/open.ts';
import { REMAP } from '../guest/remap.ts';
import type { Tower } from '../guest/tower.ts';
import { JAIL } from '../jail/guest/protection.ts';
import type { Primitive } from '../kernel/primitive.ts';
import { KTRACED } from '../ktrace/guest/delivery.ts';
import { ktracePrimitive } from '../ktrace/primitive.ts';
import { VIEWS } from '../pagetables/guest/protection.ts';
import { TABLES } from '../pagetables/guest/switching.ts';
import { pagetablesPrimitive } from '../pagetables/primitive.ts';
import { stubPage } from '../ptrace/guest/stub.ts';
import { PROCESSES, SKAS, SYSEMU } from '../ptrace/guest/towers.ts';
import { ptracePrimitive } from '../ptrace/primitive.ts';
import { GATED } from '../ring1/guest/gate.ts';
import { RINGS } from '../ring1/guest/protection.ts';
import { ring1Primitive } from '../ring1/primitive.ts';
import { SEGMENTS } from '../segments/guest/protection.ts';
import { TT } from '../tt/guest/delivery.ts';
import { HOMES } from '../tt/guest/homes.ts';
import { UMLINUX } from '../umlinux/guest/delivery.ts';
import { MMAP } from '../umlinux/guest/protection.ts';

/** What mechanisms add to every kernel, the host's and the guests'. */
export const PRIMITIVES: readonly Primitive[] = [ptracePrimitive, ktracePrimitive, pagetablesPrimitive, ring1Primitive];

/** What guest kernels are made of. */
export const GUESTS: GuestParts = {
  choices: {
    deliveries: [UMLINUX, TT, SKAS, SYSEMU, KTRACED, GATED],
    protections: [OPEN, APART, JAIL, MMAP, SEGMENTS, VIEWS, RINGS],
    switchings: [PROCESSES, HOMES, REMAP, TABLES],
  },
  primitives: PRIMITIVES,
};

/** The tower of a name, `DELIVERY+PROTECTION+SWITCHING` with what is not the default; a string says why there is none. */
export function tower(name: string): Tower | string {
  return towerNamed(GUESTS.choices, name);
}

/** The towers of the literature, by which a comparison begins; there are more. */
export const TOWERS: readonly Tower[] = [
  'umlinux',
  'tt',
  'tt+jail',
  'skas',
  'sysemu',
  'ktrace',
  'ktrace+segments',
  'ktrace+pagetables',
  'ktrace+segments+pagetables',
  'ktrace+ring1',
  'ktrace+ring1+pagetables',
  'gate',
].map((name) => {
  const found = tower(name);
  if (typeof found === 'string') throw new Error(`registry: ${found}`);
  return found;
});

/** Pages of code that mechanisms put into applications, by which these are told from what is theirs. */
export const STUB_PAGES: readonly Uint8Array[] = [stubPage()];
