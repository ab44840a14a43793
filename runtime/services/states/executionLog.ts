/**
 * The journal of all Standard executions: one append-only log in segments, shared by all of them so that they share their syncs.
 * A record is a letter, the execution's number, and JSON: B begins an execution (what it is, and its first entry), E is a further
 * entry, X the entry that closes or redrives it, T says how many of its status events were told. An index of places is kept in memory,
 * packed once an execution has closed; entries are read back from disk when somebody asks.
 */
import { mkdir } from 'node:fs/promises';
import type { EngineEvent, Identity, Status } from '../../asl/execution.ts';
import type { Entry, Journal } from '../../asl/journal.ts';
import type { LoggingConfiguration } from './configuration.ts';
import type { HistoryEvent } from '../../asl/history.ts';
import type { Json } from '../../asl/json.ts';
import { openSegments, segmentOf, type Segments } from '../../journal/segments.ts';
import { openText, readHistory, type HistoryText } from './historyText.ts';
import { openSummaries, type Summaries } from './summaries.ts';

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
  /** Of its entries in the journal. */
  places: number[];
  /** Segments of the journal and bytes in them, in turn: all its records. */
  spans: number[];
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

const ends: Readonly<Record<string, Status>> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
};

export interface ExecutionLog extends Journal {
  /** Announces an execution; its first entry follows through `open`. */
  begin(begun: Begun, startedAt: number): Summary;
  readonly summaries: Summaries;
  /** Notes that a status event was told; lost in a crash, it is told again. */
  told(summary: Summary, count: number): void;
  firstEntry(summary: Summary): Promise<Entry>;
  lastEntry(summary: Summary): Promise<Entry>;
  /** Calls back for every execution that has closed, and whenever one closes: its number, and when (epoch ms). Earliest first. */
  onClose(listener: (number: number, at: number) => void): void;
  /** An execution is known no more; the space of its entries is given back in time. */
  forget(summary: Summary): void;
  /** The execution with this number. */
  numbered(number: number): Summary | undefined;
  /** When the execution with this number closed (epoch ms); undefined when there is none, or it runs. */
  stoppedAt(number: number): number | undefined;
  /** Bytes of the journal, and how many of them belong to executions that are known. */
  usage: Segments['usage'];
  /** Resolves when no space is being given back. */
  tidied(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the journal in a folder, which is made when absent. `report` hears why space could not be given back. */
export const openExecutionLog = async (
  folder: string,
  report: (error: unknown) => void = () => undefined,
): Promise<ExecutionLog> => {
  await mkdir(folder, { recursive: true });
  const summaries = openSummaries();
  let next = 1;
  const closures: { number: number; at: number }[] = [];
  let closed = (number: number, at: number): void => void closures.push({ number, at });

  const hold = ({ spans }: Summary, place: number, bytes: number) => {
    const segment = segmentOf(place);
    if (spans.at(-2) === segment) spans[spans.length - 1] = (spans.at(-1) ?? 0) + bytes;
    else spans.push(segment, bytes);
  };
  const note = (summary: Summary, event: EngineEvent, { count, last }: Told, place: number) => {
    summary.places.push(place);
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
    closed(summary.number, event.at);
  };
  /** Of the children of map runs that are Express nobody is told. */
  const freezeIfDone = (summary: Summary) => {
    const { status, told, redrives, identity } = summary;
    const done = identity.type === 'EXPRESS' || told >= 2 * redrives.length + 2;
    if (status !== 'RUNNING' && done) summaries.freeze(summary);
  };

  const read = (record: Buffer, place: number, bytes: number) => {
    const text = record.toString();
    const space = text.indexOf(' ');
    const number = Number(text.slice(1, space));
    const json = text.slice(space + 1);
    const kind = text[0];
    // A number is given again only when no record of its former bearer is left.
    next = Math.max(next, number + 1);
    if (kind === 'B') {
      const { begun, entry } = JSON.parse(json) as { begun: Begun; entry: Written };
      const summary = newSummary(begun, number, entry.event.at);
      summaries.add(summary);
      hold(summary, place, bytes);
      note(summary, entry.event, toldIn(entry), place);
    } else {
      const known = summaries.byNumber(number);
      if (!known) return;
      // What was packed may have been redriven.
      const summary = summaries.thaw(known.identity.arn) ?? known;
      hold(summary, place, bytes);
      if (kind === 'T') summary.told = Number(json);
      else if (kind === 'X') {
        const entry = JSON.parse(json) as Written;
        note(summary, entry.event, toldIn(entry), place);
      } else {
        summary.places.push(place);
        // Enough to know how many there are, without parsing entries that may be large.
        summary.events += Number(json.slice(0, json.indexOf(' ')));
      }
      freezeIfDone(summary);
    }
    segments.claim(place, bytes);
  };

  const segments = await openSegments(folder, 'executions', {
    ownerOf(record) {
      const number = Number(record.toString('latin1', 1, record.indexOf(0x20)));
      return summaries.hasNumber(number) ? number : undefined;
    },
    moved(owners, placeOf) {
      for (const number of owners) {
        const known = summaries.byNumber(number);
        const summary = known && summaries.thaw(known.identity.arn);
        if (!summary) continue;
        summary.places = summary.places.map(placeOf);
        freezeIfDone(summary);
      }
    },
    report,
  });
  for await (const { record, place, bytes } of segments.replay()) read(record, place, bytes);

  const write = (summary: Summary, text: string | readonly string[]): number => {
    const place = segments.append(text);
    hold(summary, place, segments.end - place);
    return place;
  };
  const entryAt = async (place: number): Promise<Entry> => {
    const text = (await segments.read(place)).toString();
    const json = text.slice(text.indexOf(' ') + 1);
    if (text.startsWith('B')) return entryOf((JSON.parse(json) as { entry: Written }).entry);
    return entryOf(JSON.parse(text.startsWith('E') ? json.slice(json.indexOf(' ') + 1) : json) as Written);
  };
  /** The places are looked up each time: they change while space is given back. */
  const knownEntry = (arn: string, index: number): Promise<Entry> => {
    const at = summaries.get(arn)?.places.at(index);
    if (at === undefined) throw new Error(`Nothing is written of ${arn}`);
    return entryAt(at);
  };

  return {
    summaries,
    begin(begun, startedAt) {
      const summary = newSummary(begun, next++, startedAt);
      summaries.add(summary);
      return summary;
    },
    open(arn) {
      return openText((event, history) => {
        const summary = summaries.thaw(arn);
        if (!summary) throw new Error(`No execution ${arn} was begun`);
        note(summary, event, history, write(summary, textOf(summary, event, history)));
        if (summary.identity.type === 'EXPRESS') freezeIfDone(summary);
      });
    },
    flushed: () => segments.flushed(),
    async *entries(arn) {
      for (let i = 0; i < (summaries.get(arn)?.places.length ?? 0); i++) yield await knownEntry(arn, i);
    },
    told({ identity }, count) {
      const summary = summaries.thaw(identity.arn);
      // It was forgotten meanwhile.
      if (!summary) return;
      summary.told = count;
      write(summary, `T${summary.number} ${count}`);
      freezeIfDone(summary);
    },
    firstEntry: ({ identity }) => knownEntry(identity.arn, 0),
    lastEntry: ({ identity }) => knownEntry(identity.arn, -1),
    onClose(listener) {
      closed = listener;
      closures.sort((a, b) => a.at - b.at);
      for (const { number, at } of closures.splice(0)) listener(number, at);
    },
    forget(summary) {
      const known = summaries.get(summary.identity.arn);
      if (!known) return;
      summaries.delete(known);
      segments.release(known.spans);
    },
    numbered: (number) => summaries.byNumber(number),
    stoppedAt: (number) => summaries.stoppedAt(number),
    usage: () => segments.usage(),
    tidied: () => segments.tidied(),
    close: () => segments.close(),
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
  spans: [],
});
