/**
 * A closed execution in about a hundred bytes: a string of one byte a character, which costs its length and no objects. What executions of
 * the same machine share is kept once and counted. Numbers are written seven bits at a time, places as distances.
 */
import type { Status } from '../../asl/execution.ts';
import type { Begun, Summary } from './executionLog.ts';

/** What executions share: all that they begin with but their ARN and name. */
export type Shared = Omit<Begun, 'startedBy' | 'identity'> & { identity: Omit<Begun['identity'], 'arn' | 'name'> };

interface Group {
  key: string;
  shared: Shared;
  members: number;
}

/** What only few executions have. */
type Rare = Partial<Pick<Summary, 'startedBy' | 'redrives'>>;

const statuses: readonly Status[] = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];

export interface Packer {
  pack(summary: Summary): string;
  unpack(packed: string, number: number): Summary;
  /** Group and status, without reading the rest. */
  glance(packed: string): { group: number; shared: Shared; status: Status };
  stoppedAt(packed: string): number;
  /** What was packed is thrown away. */
  dropped(packed: string): void;
  /** What the packed executions share, each once. */
  shared(): Iterable<Shared>;
}

/** An ARN up to its machine, and what is the execution's own. */
export const split = (arn: string): { head: string; own: string } => {
  let at = -1;
  for (let colons = 0; colons < 7; colons++) at = arn.indexOf(':', at + 1);
  return { head: arn.slice(0, at + 1), own: arn.slice(at + 1) };
};

export const openPacker = (): Packer => {
  const groups = new Map<number, Group>();
  const numbers = new Map<string, number>();
  let nextGroup = 1;
  let buffer = Buffer.alloc(4096);
  let end = 0;

  const put = (value: number) => {
    if (end + 8 > buffer.length) buffer = Buffer.concat([buffer], 2 * buffer.length);
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) buffer[end++] = 128 + (rest % 128);
    buffer[end++] = rest;
  };
  const putText = (text: string) => {
    const bytes = Buffer.from(text);
    put(bytes.length);
    if (end + bytes.length > buffer.length) buffer = Buffer.concat([buffer], buffer.length + bytes.length);
    bytes.copy(buffer, end);
    end += bytes.length;
  };
  const groupOf = ({ identity, definition, origin, mapRun }: Summary): number => {
    const { arn, name: _, ...common } = identity;
    const shared: Shared = { identity: common, definition, ...(origin && { origin }), ...(mapRun && { mapRun }) };
    const key = `${split(arn).head} ${JSON.stringify(shared)}`;
    let number = numbers.get(key);
    if (number === undefined) {
      numbers.set(key, (number = nextGroup++));
      groups.set(number, { key, shared, members: 0 });
    }
    return number;
  };
  const groupAt = (number: number): Group => {
    const group = groups.get(number);
    if (!group) throw new Error(`There is no group ${number} of closed executions`);
    return group;
  };
  const headOf = ({ key }: Group) => key.slice(0, key.indexOf(' '));

  return {
    pack(summary) {
      const { identity, status, startedAt, stoppedAt = startedAt, events, told, spans, places } = summary;
      const { startedBy, redrives } = summary;
      const group = groupOf(summary);
      groupAt(group).members++;
      end = 0;
      for (const value of [group, statuses.indexOf(status), stoppedAt, startedAt, events, told]) put(value);
      put(spans.length);
      for (const span of spans) put(span);
      put(places.length);
      let before = 0;
      for (const place of places) {
        put(place - before);
        before = place;
      }
      const rare: Rare = { ...(startedBy !== undefined && { startedBy }), ...(redrives.length > 0 && { redrives }) };
      putText(Object.keys(rare).length === 0 ? '' : JSON.stringify(rare));
      putText(split(identity.arn).own);
      return buffer.toString('latin1', 0, end);
    },
    unpack(packed, number) {
      const read = reader(packed);
      const group = groupAt(read.number());
      const status = statuses[read.number()] ?? 'ABORTED';
      const [stoppedAt, startedAt, events, told] = [read.number(), read.number(), read.number(), read.number()];
      const spans = Array.from({ length: read.number() }, () => read.number());
      let place = 0;
      const places = Array.from({ length: read.number() }, () => (place += read.number()));
      const rare = read.text();
      const { redrives = [], startedBy } = (rare === '' ? {} : JSON.parse(rare)) as Rare;
      const own = read.text();
      const [name = own] = own.split(':');
      const { identity, ...begun } = group.shared;
      return {
        ...begun,
        startedBy,
        identity: { arn: `${headOf(group)}${own}`, name, ...identity },
        number,
        status,
        startedAt,
        stoppedAt,
        events,
        told,
        redrives,
        places,
        spans,
      };
    },
    glance(packed) {
      const read = reader(packed);
      const group = read.number();
      return { group, shared: groupAt(group).shared, status: statuses[read.number()] ?? 'ABORTED' };
    },
    stoppedAt(packed) {
      const read = reader(packed);
      read.number();
      read.number();
      return read.number();
    },
    dropped(packed) {
      const number = reader(packed).number();
      const group = groupAt(number);
      if (--group.members > 0) return;
      groups.delete(number);
      numbers.delete(group.key);
    },
    *shared() {
      for (const { shared } of groups.values()) yield shared;
    },
  };
};

const reader = (packed: string) => {
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = packed.charCodeAt(at++);
      if (byte < 128) return value + byte * scale;
      value += (byte - 128) * scale;
    }
  };
  return {
    number,
    text() {
      const length = number();
      at += length;
      return Buffer.from(packed.slice(at - length, at), 'latin1').toString();
    },
  };
};
