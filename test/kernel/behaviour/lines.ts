/** The lines `name: value` that a program of this folder prints. */

/** Values by name, in order; a name that comes again is numbered. What is no such line is kept as a name without a value. */
export function linesOf(output: string): Map<string, string> {
  const lines = new Map<string, string>();
  for (const line of output.split('\n')) {
    if (line === '') continue;
    const at = line.indexOf(': ');
    const name = at < 0 ? line : line.slice(0, at);
    let unique = name;
    for (let n = 2; lines.has(unique); n++) unique = `${name} (${n})`;
    lines.set(unique, at < 0 ? '' : line.slice(at + 2));
  }
  return lines;
}
