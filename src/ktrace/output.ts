/** Maps as text in the manner of bpftrace, and as JSON. */
import type { Accumulator } from './aggregates.ts';
import type { MapTable } from './maps.ts';

const BAR = 52;

/** All maps by name: a line for each entry, or its histogram; the least first. */
export function mapsText(maps: readonly MapTable[]): string {
  return sorted(maps).map(mapText).join('\n');
}

function sorted(maps: readonly MapTable[]): readonly MapTable[] {
  return [...maps].sort((a, b) => (a.shape.name < b.shape.name ? -1 : 1));
}

function mapText({ shape, entries, lost }: MapTable): string {
  const lines = entries.map(({ keys, sum }) => {
    const name = `@${shape.name}${keys.length === 0 ? '' : `[${keys.map(shown).join(', ')}]`}`;
    return sum.rows ? `${name}:\n${histogram(sum.rows())}` : `${name}: ${sum.value}\n`;
  });
  if (entries.length === 0) lines.push(`@${shape.name}: nothing\n`);
  if (lost > 0) lines.push(`@${shape.name}: ${lost} additions lost: too many keys\n`);
  return lines.join(shape.aggregate.name.endsWith('hist') ? '\n' : '');
}

/** What a terminal would obey is shown as an escape. */
function shown(key: unknown): string {
  return String(key).replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

function histogram(rows: ReturnType<NonNullable<Accumulator['rows']>>): string {
  const most = Math.max(...rows.map(([, count]) => count));
  return rows
    .map(([label, count]) => {
      const bar = '@'.repeat(Math.floor((count / most) * BAR)).padEnd(BAR);
      return `${label.padEnd(16)} ${String(count).padStart(8)} |${bar}|\n`;
    })
    .join('');
}

/** Each map as a JSON object: name, aggregation, entries with keys and value or steps. */
export function mapsJson(maps: readonly MapTable[]): string[] {
  return sorted(maps).map(({ shape, entries, lost }) =>
    JSON.stringify({
      map: `@${shape.name}`,
      how: shape.aggregate.name,
      entries: entries.map(({ keys, sum }) => ({
        keys,
        ...(sum.rows ? { steps: sum.rows().map(([step, count]) => ({ step, count })) } : { value: sum.value }),
      })),
      ...(lost > 0 ? { lost } : {}),
    }),
  );
}
