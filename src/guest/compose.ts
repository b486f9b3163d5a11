/** Towers by name: `DELIVERY+PROTECTION+SWITCHING`, where what is left out is the delivery's default. */
import { nearest } from '../abi/nearest.ts';
import type { Choices, DeliveryChoice, Tower } from './tower.ts';

type Kind = 'protections' | 'switchings';

const WORDS: Readonly<Record<Kind, string>> = { protections: 'protection', switchings: 'way of switching' };

/** The tower of a name; a string says why there is none, for one line of a message. */
export function towerNamed(choices: Choices, name: string): Tower | string {
  const [first, ...more] = name.split('+');
  const delivery = choices.deliveries.find((choice) => choice.name === first);
  if (!delivery) return unknown(first, [...choices.deliveries.map((choice) => choice.name)]);
  const chosen: { [kind in Kind]: string } = {
    protections: delivery.protections[0],
    switchings: delivery.switchings[0],
  };
  const seen = new Set<Kind>();
  for (const word of more) {
    const kind = (['protections', 'switchings'] as const).find((one) =>
      choices[one].some((choice) => choice.name === word),
    );
    if (!kind)
      return unknown(
        word,
        [...choices.protections, ...choices.switchings].map((choice) => choice.name),
      );
    if (seen.has(kind)) return `${name} names two kinds of ${WORDS[kind]}: choose one`;
    if (!delivery[kind].includes(word)) return refusal(delivery, kind, word);
    seen.add(kind);
    chosen[kind] = word;
  }
  const protection = choices.protections.find((choice) => choice.name === chosen.protections);
  const switching = choices.switchings.find((choice) => choice.name === chosen.switchings);
  if (!protection || !switching) throw new Error(`guest: ${first} has a default that there is not`);
  const summary = [
    delivery.summary,
    ...more.map((word) => [protection, switching].find((choice) => choice.name === word)!.summary),
  ];
  return { name, summary: summary.join('; '), delivery, protection, switching };
}

function unknown(word: string, names: readonly string[]): string {
  const close = nearest(word, names);
  return `there is no ${word}. ${close ? `Did you mean ${close}?` : `Choose one of ${names.join(', ')}`}`;
}

function refusal(delivery: DeliveryChoice, kind: Kind, word: string): string {
  const names = delivery[kind].join(', ');
  return `${delivery.name} does not go together with ${word}: as ${WORDS[kind]} it has ${names}`;
}
