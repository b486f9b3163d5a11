import { Failure } from '../failure.ts';

/** What programs find in their environment unless --env says otherwise; the same on every computer. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/bin:/sbin:/usr/bin:/usr/sbin:/usr/local/bin',
  HOME: '/root',
  SHELL: '/bin/sh',
};

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1 << 10, m: 1 << 20, g: 1 << 30 };
const PAGE = 0x10000;
const LEAST = 4 << 20;
const MOST = 1 << 30;

/** Bytes of memory from a text such as '64M'. */
export function memorySize(text: string): number {
  const match = /^(\d+)([kmg]?)i?b?$/i.exec(text);
  const size = match ? Number(match[1]) * UNITS[match[2].toLowerCase()] : Number.NaN;
  if (Number.isNaN(size)) throw new Failure(`--mem: "${text}" is not a size. Write it as 64M`);
  if (size < LEAST || size > MOST)
    throw new Failure(`--mem: ${text} is not possible. Take a size from 4M to 1G, e.g. 64M`);
  return Math.ceil(size / PAGE) * PAGE;
}

/** NAME=VALUE strings (one character per byte): the defaults, TERM of a terminal, and what --env adds; NAME alone takes the value of this process. */
export function environment(extra: readonly string[], terminal: boolean): string[] {
  const all = new Map(Object.entries(ENVIRONMENT));
  if (terminal) all.set('TERM', process.env.TERM ?? 'linux');
  for (const entry of extra) {
    const equals = entry.indexOf('=');
    const name = equals < 0 ? entry : entry.slice(0, equals);
    if (name === '') throw new Failure(`--env: "${entry}" has no name. Write it as NAME=VALUE`);
    const value = equals < 0 ? process.env[name] : entry.slice(equals + 1);
    if (value !== undefined) all.set(name, value);
  }
  return [...all].map(([name, value]) => byteString(`${name}=${value}`));
}

/** A text of this process as the kernel's byte string: one character per byte of its UTF-8. */
export function byteString(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** A whole number of an option, or a Failure. */
export function wholeNumber(option: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Failure(`${option}: "${text}" is not a number. Write it as 1`);
  return Number(text);
}
