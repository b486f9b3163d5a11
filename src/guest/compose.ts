/** Towers by name: `DELIVERY+PROTECTION+SWITCHING`, where what is left out is the delivery's default. */
import { nearest } from '../abi/nearest.ts';
import type { Choices, DeliveryChoice, Tower } from './tower.ts';

type Kind = 'protections' | 'switchings';

const KINDS: readonly Kind[] = ['protections', 'switchings'];
const WORDS: Readonly<Record<Kind, string>> = { protections: 'protection', switchings: 'way of switching' };

/** The tower of a name; a string says why there is none, for one line of a message. */
export function towerNamed(choices: Choices, name: string): Tower | string {
  const [first, ...more] = name.split('+');
  const delivery = choices.deliveries.find((choice) => choice.name === first);
  if (!delivery) return unknown('tower', first, namesOf(choices.deliveries));
  const chosen: { [kind in Kind]?: string } = {};
  const kindsOf = (word: string): readonly Kind[] =>
    KINDS.filter((kind) => choices[kind].some((choice) => choice.name === word));
  // A word that names a way of both kinds is both, as far as the other words leave them open.
  for (const word of more.toSorted((a, b) => kindsOf(a).length - kindsOf(b).length)) {
    const kinds = kindsOf(word);
    if (kinds.length === 0) return unknown('part', word, [...new Set(KINDS.flatMap((kind) => namesOf(choices[kind])))]);
    const open = kinds.filter((kind) => chosen[kind] === undefined);
    if (open.length === 0) return `${name} names two kinds of ${WORDS[kinds[0]]}: choose one`;
    const fitting = open.filter((kind) => delivery[kind].includes(word));
    if (fitting.length === 0) return refusal(delivery, open[0], word);
    for (const kind of fitting) chosen[kind] = word;
  }
  const named = <T extends { readonly name: string }>(kind: Kind, list: readonly T[]): T => {
    const wanted = chosen[kind] ?? delivery[kind][0];
    const found = list.find((choice) => choice.name === wanted);
    if (!found) throw new Error(`guest: ${first} has a default that there is not, ${wanted}`);
    return found;
  };
  const protection = named('protections', choices.protections);
  const switching = named('switchings', choices.switchings);
  const parts = [...new Set(KINDS.flatMap((kind) => chosen[kind] ?? []))];
  const summary = [
    delivery.summary,
    ...parts.map((word) => [protection, switching].find((choice) => choice.name === word)!.summary),
  ];
  return { name, summary: summary.join('; '), delivery, protection, switching };
}

function namesOf(list: readonly { readonly name: string }[]): string[] {
  return list.map((choice) => choice.name);
}

function unknown(kind: string, word: string, names: readonly string[]): string {
  const close = nearest(word, names);
  return `there is no ${kind} ${word}. ${close ? `Did you mean ${close}?` : `Choose one of ${names.join(', ')}`}`;
}

function refusal(delivery: DeliveryChoice, kind: Kind, word: string): string {
  const names = delivery[kind].join(', ');
  return `${delivery.name} does not go together with ${word}: as ${WORDS[kind]} it has ${names}`;
}
