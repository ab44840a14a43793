/** How an answer over the wire compares with a recorded one: what the recorder did to values is done to ours. */
import { isObject, type Json, type JsonObject } from '../../runtime/asl/json.ts';
import type { Compare } from './recording.ts';

/** Members that AWS added to answers, with the day from which recordings hold them. */
const since: Readonly<Record<string, string>> = {
  encryptionConfiguration: '2024-07-25',
  redriveCount: '2023-11-15',
  redriveStatus: '2023-11-15',
  redriveStatusReason: '2023-11-15',
};

const dayOf = (recorded: string | undefined) => {
  const [, day, month, year] = /^(\d\d)-(\d\d)-(\d{4})/.exec(recorded ?? '') ?? [];
  return year === undefined ? '9999' : `${year}-${month}-${day}`;
};

const times = new Set(['datetime', 'date', 'timestamp']);

/** Ours as it would have been recorded beside what was. */
const aligned = (want: Json | undefined, got: unknown, day: string): Json => {
  if (got instanceof Date) return typeof want === 'string' && times.has(want) ? want : got.toISOString();
  if (Array.isArray(got)) return got.map((item, i) => aligned(Array.isArray(want) ? want[i] : undefined, item, day));
  if (typeof got !== 'object' || got === null) return (got ?? null) as Json;
  const wanted = isObject(want) ? want : {};
  const members = Object.entries(got)
    .filter(([, value]) => value !== undefined)
    .filter(([name]) => name in wanted || day >= (since[name] ?? ''))
    .map(([name, value]) => [name, aligned(wanted[name], value, day)]);
  return Object.fromEntries(members) as Json;
};

/** Names the recorder gave to ARNs stand for any text, unless they were sent so. */
const loosened = (want: Json, sent: string): Json => {
  if (typeof want === 'string') {
    return want
      .replaceAll(/:activity:ACTIVITY\b/g, ':activity:<activity>')
      .replaceAll(/\b[a-z]+(?:_[a-z]+)*_arn\b/g, (word) => (sent.includes(word) ? word : '<arn>'));
  }
  if (Array.isArray(want)) return want.map((item) => loosened(item, sent));
  if (!isObject(want)) return want;
  return Object.fromEntries(Object.entries(want).map(([key, inner]) => [key, loosened(inner, sent)]));
};

/** A name that was sent where the recording holds the ARN it stands for: what was lost in the arguments comes back in answers. */
const found = (want: Json, got: Json, sent: string): Json => {
  if (typeof got === 'string')
    return /^\w+_arn$/.test(got) && sent.includes(got) && typeof want === 'string' && want.startsWith('arn:')
      ? want
      : got;
  if (Array.isArray(got))
    return got.map((item, i) => found(Array.isArray(want) ? (want[i] ?? null) : null, item, sent));
  if (!isObject(got)) return got;
  return Object.fromEntries(
    Object.entries(got).map(([key, inner]) => [key, found(isObject(want) ? (want[key] ?? null) : null, inner, sent)]),
  );
};

/** One id stands for one value in a whole case, and two for two. */
const bindings = (want: Json, got: Json, bound: Map<string, string>): string | null => {
  if (typeof want === 'string' && typeof got === 'string' && /^<uuid:\d+>$/.test(want)) {
    const before = bound.get(want);
    if (before === undefined && [...bound.values()].includes(got)) return `${want}: ${got} is another id's value`;
    if (before !== undefined && before !== got) return `${want}: want ${before} got ${got}`;
    bound.set(want, got);
    return null;
  }
  const entries = Array.isArray(want) || isObject(want) ? Object.entries(want as JsonObject) : [];
  for (const [key, inner] of entries) {
    const found = bindings(inner, (got as JsonObject | null)?.[key] ?? null, bound);
    if (found !== null) return found;
  }
  return null;
};

export interface Refusal {
  name: string;
  message: string;
  status: number | undefined;
  members: JsonObject;
}

const refused = (want: Json, op: string, { name, message, status, members }: Refusal): Json => {
  const sentence = `An error occurred (${name}) when calling the ${op} operation: ${message}`;
  if (typeof want === 'string') return sentence;
  if (isObject(want) && 'exception_typename' in want) return { exception_typename: name, exception_value: sentence };
  return {
    Error: { Code: name, Message: message },
    ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: status ?? 0 },
    message,
    ...members,
  };
};

/** botocore refuses some calls before it sends them; of ours the service must refuse them. */
const refusedByClient = (want: Json) => typeof want === 'string' && want.startsWith('Parameter validation failed');

export interface Compared {
  compare: Compare;
  recorded: string | undefined;
  bound: Map<string, string>;
  /** What has been sent in this case so far, as text. */
  sent: string;
}

/** Null when the answer is the recorded one, else the first difference. */
export const answerDiffers = (want: Json, op: string, answer: JsonObject | Refusal, at: Compared): string | null => {
  const isRefusal = (it: JsonObject | Refusal): it is Refusal => it['members'] !== undefined;
  if (refusedByClient(want)) return isRefusal(answer) ? null : 'want a refusal, got an answer';
  const { compare, recorded, bound, sent } = at;
  const shown = aligned(want, isRefusal(answer) ? refused(want, op, answer) : answer, dayOf(recorded));
  const wanted = compare.normalise(loosened(want, sent));
  const got = found(wanted, compare.normalise(shown), sent);
  return compare.differs(wanted, got) ?? bindings(wanted, got, bound);
};
