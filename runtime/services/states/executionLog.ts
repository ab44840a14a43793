/**
 * The journal of all Standard executions: one append-only log per segment, shared by all of them so that they share their syncs.
 * A record is a letter, the execution's number, and JSON: B begins an execution (what it is, and its first entry), E is a further
 * entry, X the entry that closes or redrives it, T says how many of its status events were told. An index of places is kept in memory;
 * entries are read back from disk when somebody asks.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineEvent, Identity, Status } from '../../asl/execution.ts';
import type { Entry, Journal } from '../../asl/journal.ts';
import type { LoggingConfiguration } from './configuration.ts';
import type { HistoryEvent } from '../../asl/history.ts';
import type { Json } from '../../asl/json.ts';
import { openLog, type Log } from '../../journal/log.ts';
import { openText, readHistory, type HistoryText } from './historyText.ts';

/** What an execution is besides its identity. */
export interface Begun {
  identity: Identity;
  /** Key of the definition it runs; see definitions.ts. */
  definition: string;
  /** Set when another execution's task started it: the parent's ARN and the task's id. */
  startedBy?: string | undefined;
  origin?: Origin | undefined;
  /** Set for a child of a map run; `scope` is where its states stand in the definition, `label` its Map state's name in ARNs. */
  mapRun?: ChildOf | undefined;
}

export interface ChildOf {
  arn: string;
  scope: string;
  label: string;
  /** How many items its input has; absent in journals of before. */
  items?: number;
  /** The attempt at the run that began it: how often the run had been redriven. */
  attempt?: number;
}

/** What an execution was started by, besides its machine's definition and role. */
export interface Origin {
  versionArn?: string;
  aliasArn?: string;
  revisionId?: string;
  /** Epoch milliseconds. */
  updated: number;
  logging?: LoggingConfiguration;
  traced?: boolean;
}

/** What is known of an execution without reading its entries. */
export interface Summary extends Begun {
  number: number;
  status: Status;
  /** Epoch milliseconds. */
  startedAt: number;
  stoppedAt: number | undefined;
  events: number;
  /** The times (epoch ms) it was redriven, with the clients' tokens. */
  redrives: { at: number; token: string | undefined }[];
  /** Status events told to the bus: 1 started, 2 ended. */
  told: number;
  places: Place[];
}

interface Place {
  segment: number;
  place: number;
}

/** An entry on disk; releases before 0.2 wrote its history as the API shows it. */
type Written = { event: EngineEvent } & ({ from: number; events: Json[] } | { history: HistoryEvent[] });

/** How many events an entry has, and the type of the latest. */
type Told = Pick<HistoryText, 'count' | 'last'>;

const entryOf = (written: Written): Entry => {
  const { event } = written;
  if ('history' in written) return { event, history: written.history };
  return { event, history: readHistory(written.events, written.from, event.at) };
};

const toldIn = (written: Written): Told => {
  const { history } = entryOf(written);
  return { count: history.length, last: history.at(-1)?.type ?? '' };
};

/** Bytes after which a new segment is begun. */
const segmentBytes = 64 * 1024 * 1024;

const segmentName = /^executions-(\d{6})\.log$/;
const pathOf = (folder: string, segment: number) => join(folder, `executions-${String(segment).padStart(6, '0')}.log`);

const ends: Readonly<Record<string, Status>> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
};

export interface ExecutionLog extends Journal {
  /** Announces an execution; its first entry follows through `append`. */
  begin(begun: Begun, startedAt: number): Summary;
  /** Forgets an execution that was announced and never began. */
  summaries: ReadonlyMap<string, Summary>;
  /** Notes that a status event was told; lost in a crash, it is told again. */
  told(summary: Summary, count: number): void;
  firstEntry(summary: Summary): Promise<Entry>;
  lastEntry(summary: Summary): Promise<Entry>;
  close(): Promise<void>;
}

/** Opens the journal in a folder, which is made when absent. */
export const openExecutionLog = async (folder: string): Promise<ExecutionLog> => {
  await mkdir(folder, { recursive: true });
  const numbers = (await readdir(folder)).flatMap((name) => segmentName.exec(name)?.[1] ?? []).map(Number);
  const segments = new Map<number, Log>();
  const summaries = new Map<string, Summary>();
  const byNumber = new Map<number, Summary>();
  let current = 1;
  let next = 1;

  const note = (summary: Summary, event: EngineEvent, { count, last }: Told, at: Place) => {
    summary.places.push(at);
    summary.events += count;
    if (event.kind === 'redriven') {
      summary.redrives.push({ at: event.at, token: event.token });
      summary.status = 'RUNNING';
      summary.stoppedAt = undefined;
    }
    const end = ends[last];
    if (!end) return;
    summary.status = end;
    summary.stoppedAt = event.at;
  };

  const read = (segment: number, place: number, record: Buffer) => {
    const text = record.toString();
    const space = text.indexOf(' ');
    const number = Number(text.slice(1, space));
    const json = text.slice(space + 1);
    const kind = text[0];
    if (kind === 'B') {
      const { begun, entry } = JSON.parse(json) as { begun: Begun; entry: Written };
      const summary = newSummary(begun, number, entry.event.at);
      next = Math.max(next, number + 1);
      summaries.set(begun.identity.arn, summary);
      byNumber.set(number, summary);
      note(summary, entry.event, toldIn(entry), { segment, place });
      return;
    }
    const summary = byNumber.get(number);
    if (!summary) return;
    if (kind === 'T') summary.told = Number(json);
    else if (kind === 'X') {
      const entry = JSON.parse(json) as Written;
      note(summary, entry.event, toldIn(entry), { segment, place });
    } else {
      summary.places.push({ segment, place });
      // Enough to know how many there are, without parsing entries that may be large.
      summary.events += Number(json.slice(0, json.indexOf(' ')));
    }
  };

  for (const segment of numbers.toSorted((a, b) => a - b)) {
    const log = await openLog(pathOf(folder, segment));
    segments.set(segment, log);
    for await (const { record, place } of log.places()) read(segment, place, record);
    current = segment;
  }
  if (segments.size === 0) segments.set(current, await openLog(pathOf(folder, current)));

  let rolling: Promise<void> | undefined;
  const roll = async () => {
    const log = await openLog(pathOf(folder, current + 1));
    segments.set(current + 1, log);
    current++;
  };
  const write = (text: string | readonly string[]) => {
    const log = segments.get(current);
    if (!log) throw new Error(`The journal has no segment ${current}`);
    const place = { segment: current, place: log.append(text) };
    if (log.size > segmentBytes) rolling ??= roll().finally(() => (rolling = undefined));
    return place;
  };
  const entryAt = async ({ segment, place }: Place): Promise<Entry> => {
    const log = segments.get(segment);
    if (!log) throw new Error(`The journal has no segment ${segment}`);
    const text = (await log.read(place)).toString();
    const json = text.slice(text.indexOf(' ') + 1);
    if (text.startsWith('B')) return entryOf((JSON.parse(json) as { entry: Written }).entry);
    return entryOf(JSON.parse(text.startsWith('E') ? json.slice(json.indexOf(' ') + 1) : json) as Written);
  };
  const knownEntry = (summary: Summary, index: number): Promise<Entry> => {
    const at = summary.places.at(index);
    if (!at) throw new Error(`Nothing is written of ${summary.identity.arn}`);
    return entryAt(at);
  };

  return {
    summaries,
    begin(begun, startedAt) {
      const summary = newSummary(begun, next++, startedAt);
      summaries.set(begun.identity.arn, summary);
      byNumber.set(summary.number, summary);
      return summary;
    },
    open(arn) {
      const summary = summaries.get(arn);
      if (!summary) throw new Error(`No execution ${arn} was begun`);
      return openText((event, history) => note(summary, event, history, write(textOf(summary, event, history))));
    },
    async flushed() {
      // A segment is left only when the next one is open, so at most two have something to write.
      const [before, now] = [segments.get(current - 1), segments.get(current)];
      await before?.flushed();
      await now?.flushed();
    },
    async *entries(arn) {
      for (const at of summaries.get(arn)?.places ?? []) yield await entryAt(at);
    },
    told(summary, count) {
      summary.told = count;
      write(`T${summary.number} ${count}`);
    },
    firstEntry: (summary) => knownEntry(summary, 0),
    lastEntry: (summary) => knownEntry(summary, -1),
    async close() {
      await rolling;
      for (const log of segments.values()) await log.close();
    },
  };
};

/** Records of what closes or redrives an execution can be told from others without being parsed. */
const textOf = (summary: Summary, event: EngineEvent, history: HistoryText): string[] => {
  const { number, places, identity, definition, startedBy, origin, mapRun } = summary;
  const entry = `{"event":${JSON.stringify(event)},`;
  if (places.length === 0) {
    const begun = JSON.stringify({ identity, definition, startedBy, origin, mapRun });
    return history.pieces(`B${number} {"begun":${begun},"entry":${entry}`, '}}');
  }
  const closes = event.kind === 'redriven' || ends[history.last] !== undefined;
  return history.pieces(`${closes ? `X${number} ` : `E${number} ${history.count} `}${entry}`, '}');
};

/** Its members are named one by one: a spread costs several times as much. */
const newSummary = (
  { identity, definition, startedBy, origin, mapRun }: Begun,
  number: number,
  startedAt: number,
): Summary => ({
  identity,
  definition,
  startedBy,
  origin,
  mapRun,
  number,
  status: 'RUNNING',
  startedAt,
  stoppedAt: undefined,
  events: 0,
  told: 0,
  redrives: [],
  places: [],
});
