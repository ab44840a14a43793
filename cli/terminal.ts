/** What people read: plain lines when piped, colour and one live line on a terminal. Data goes to stdout, progress to stderr. */
import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

const coloured = process.stdout.isTTY && !process.env['NO_COLOR'];
const live = process.stderr.isTTY;

export const style = (format: Format, text: string) => (coloured ? styleText(format, text) : text);

export const print = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};

let showing = '';

/** Replaces the live line; nothing when there is no terminal to show it. */
export const showLive = (text: string) => {
  if (!live || text === showing) return;
  showing = text;
  process.stderr.write(`\r\u001B[2K${text.slice(0, Math.max((process.stderr.columns ?? 80) - 1, 20))}`);
};

export const clearLive = () => {
  if (!live || showing === '') return;
  showing = '';
  process.stderr.write('\r\u001B[2K');
};

/** A line of progress: it stays. */
export const tell = (line: string) => {
  clearLive();
  process.stderr.write(`${line}\n`);
};

/** Columns as wide as their widest cell; numbers to the right. */
export const tableOf = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] => {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? shortNumber(cell) : cell)));
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const right = head.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number'));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (right[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [style('dim', line(head)), ...cells.map(line)];
};

/** Four significant digits, without exponents for everyday sizes. */
export const shortNumber = (value: number) =>
  Number.isInteger(value)
    ? String(value)
    : Math.abs(value) >= 1000
      ? value.toFixed(1)
      : String(Number(value.toPrecision(4)));

export const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
