/** How words are set off on a terminal. */
export interface Style {
  strong(text: string): string;
  faint(text: string): string;
  best(text: string): string;
  worst(text: string): string;
}

const plain = (text: string): string => text;
const set =
  (code: string) =>
  (text: string): string =>
    `\x1b[${code}m${text}\x1b[0m`;

/** For a stream: blue and orange, which the colour-blind tell apart, on a terminal that shows them; else nothing (no-color.org). */
export function styleOf(stream: NodeJS.WriteStream, { NO_COLOR, TERM }: NodeJS.ProcessEnv): Style {
  if (!stream.isTTY || (NO_COLOR !== undefined && NO_COLOR !== '') || TERM === 'dumb')
    return { strong: plain, faint: plain, best: plain, worst: plain };
  const many = /256color|truecolor|kitty|alacritty/.test(TERM ?? '');
  return {
    strong: set('1'),
    faint: set('2'),
    best: set(many ? '38;5;75' : '36'),
    worst: set(many ? '38;5;208' : '33'),
  };
}
