/**
 * The JSON of a journal entry, the same text that JSON.stringify gives, faster: a state's output is the next one's input, so
 * a value met again is not turned into text again, and names and types are quoted once.
 */
import type { HistoryEvent } from '../../asl/history.ts';
import type { Entry } from '../../asl/journal.ts';
import type { Json } from '../../asl/json.ts';

/** Texts are handed on in pieces of about this many characters, so that a long history never is one string. */
const pieceLength = 16_384;

const quotedNames = new Map<string, string>();
const rememberedNames = 10_000;

const quoted = (name: string): string => {
  const known = quotedNames.get(name);
  if (known !== undefined) return known;
  const text = JSON.stringify(name);
  if (quotedNames.size >= rememberedNames) quotedNames.clear();
  if (name.length <= 80) quotedNames.set(name, text);
  return text;
};

/** Values are never changed in place, so the same object has the same text. */
let lastValue: object | undefined;
let lastText = '';

const textOf = (value: Json): string => {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value === lastValue) return lastText;
  lastText = JSON.stringify(value);
  lastValue = value;
  return lastText;
};

const detailsText = (details: NonNullable<HistoryEvent['details']>): string => {
  let text = '';
  for (const member in details) {
    const value = details[member];
    if (value === undefined) continue;
    text += `${text === '' ? '{' : ','}"${member}":${member === 'name' && typeof value === 'string' ? quoted(value) : textOf(value)}`;
  }
  return text === '' ? '{}' : `${text}}`;
};

const eventText = ({ id, previousEventId, timestamp, type, details }: HistoryEvent): string => {
  const head = `{"id":${id},"previousEventId":${previousEventId},"timestamp":${timestamp},"type":"${type}"`;
  return details === undefined ? `${head}}` : `${head},"details":${detailsText(details)}}`;
};

/** Pieces that joined are `before`, the entry's JSON, `after`. */
export const entryText = ({ event, history }: Entry, before: string, after = ''): string[] => {
  const pieces: string[] = [];
  let piece = `${before}{"event":${JSON.stringify(event)},"history":[`;
  for (let i = 0; i < history.length; i++) {
    piece += i === 0 ? eventText(history[i]!) : `,${eventText(history[i]!)}`;
    if (piece.length < pieceLength) continue;
    pieces.push(piece);
    piece = '';
  }
  pieces.push(`${piece}]}${after}`);
  lastValue = undefined;
  return pieces;
};
