/**
 * The history of an entry as it stands on disk: a flat JSON array, event after event. An event is a number, the id of the event it
 * follows where that is not the one before, and its details. The number is `type * 32 + form`: the type's place in `types`
 * (0: its name comes first), and which details follow, with what they share with the event before left out: a state's
 * output is the next one's input. Ids count on from the entry's first, and all events of an entry happen at its time.
 */
import type { EngineEvent } from '../../asl/execution.ts';
import type { HistoryEvent } from '../../asl/history.ts';
import type { OpenEntry } from '../../asl/journal.ts';
import type { Json } from '../../asl/json.ts';

/** Places in this list are on users' disks: names are only ever added at the end. */
const types = [
  '',
  'ExecutionStarted',
  'ExecutionSucceeded',
  'ExecutionFailed',
  'ExecutionTimedOut',
  'ExecutionAborted',
  'ExecutionRedriven',
  'PassStateEntered',
  'PassStateExited',
  'ChoiceStateEntered',
  'ChoiceStateExited',
  'TaskStateEntered',
  'TaskStateExited',
  'WaitStateEntered',
  'WaitStateExited',
  'SucceedStateEntered',
  'SucceedStateExited',
  'MapStateEntered',
  'MapStateExited',
  'ParallelStateEntered',
  'ParallelStateExited',
  'FailStateEntered',
  'MapStateStarted',
  'MapStateSucceeded',
  'MapIterationStarted',
  'MapIterationSucceeded',
  'MapIterationFailed',
  'ParallelStateStarted',
  'ParallelStateSucceeded',
  'TaskScheduled',
  'TaskStarted',
  'TaskSubmitted',
  'TaskSucceeded',
  'TaskFailed',
  'LambdaFunctionScheduled',
  'LambdaFunctionStarted',
  'LambdaFunctionSucceeded',
  'ActivityScheduled',
  'ActivityStarted',
  'ActivitySucceeded',
] as const;

const placeOf = new Map<string, number>(types.map((type, place) => [type, place]));

/** What follows the number: nothing; a name and a value under this member; details as they are. */
const none = 0;
const named = ['', 'input', 'output', 'index'];
const whole = 4;
/** Added to a form: the value is that of the event before; the id of the event it follows stands first. */
const again = 8;
const follows = 16;
const forms = 32;

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

/** The form of details that are a name and one other member; `whole` for any others. */
const formOf = (details: NonNullable<HistoryEvent['details']>): number => {
  let members = 0;
  let form = whole;
  for (const member in details) {
    members++;
    if (member === 'input') form = 1;
    else if (member === 'output') form = 2;
    else if (member === 'index') form = 3;
    else if (member !== 'name') return whole;
  }
  return members === 2 && typeof details['name'] === 'string' && details[named[form] ?? ''] !== undefined
    ? form
    : whole;
};

/** The text of one entry's history, written as it happens. */
export interface HistoryText {
  readonly count: number;
  /** Type of the latest event. */
  readonly last: string;
  /** Pieces that joined are `before`, `"from":…,"events":[…]`, `after`. */
  pieces(before: string, after: string): string[];
}

class OpenHistory implements HistoryText, OpenEntry {
  count = 0;
  last = '';
  #from = 0;
  #pieces: string[] | undefined;
  #piece = '';
  /** Values are never changed in place, so the same object has the same text. */
  #value: Json | undefined;
  readonly #keep: (event: EngineEvent, history: HistoryText) => void;

  constructor(keep: (event: EngineEvent, history: HistoryText) => void) {
    this.#keep = keep;
  }

  add(id: number, previous: number, type: string, details: HistoryEvent['details']): void {
    if (this.count++ === 0) this.#from = id;
    else this.#piece += ',';
    this.last = type;
    const place = placeOf.get(type) ?? 0;
    let form = details === undefined ? none : formOf(details);
    const value = details?.[named[form] ?? ''];
    const same = form > none && form < whole && typeof value === 'object' && value !== null && value === this.#value;
    let head = '';
    if (place === 0) head = `,${quoted(type)}`;
    if (previous !== id - 1) {
      head += `,${previous}`;
      form += follows;
    }
    if (same) this.#piece += `${place * forms + form + again}${head},${quoted(details?.['name'] as string)}`;
    else if (details === undefined) this.#piece += `${place * forms + form}${head}`;
    else if (value === undefined) this.#piece += `${place * forms + form}${head},${JSON.stringify(details)}`;
    else {
      const text = typeof value === 'number' && Number.isFinite(value) ? value : JSON.stringify(value);
      this.#piece += `${place * forms + form}${head},${quoted(details['name'] as string)},${text}`;
      if (typeof value === 'object') this.#value = value;
    }
    if (this.#piece.length < pieceLength) return;
    (this.#pieces ??= []).push(this.#piece);
    this.#piece = '';
  }

  keep(event: EngineEvent): void {
    this.#keep(event, this);
  }

  pieces(before: string, after: string): string[] {
    const head = `${before}"from":${this.#from},"events":[`;
    if (!this.#pieces) return [`${head}${this.#piece}]${after}`];
    return [head, ...this.#pieces, `${this.#piece}]${after}`];
  }
}

/** An entry whose history is turned into text while it is open. */
export const openText = (keep: (event: EngineEvent, history: HistoryText) => void): OpenEntry => new OpenHistory(keep);

/** The events that stand in `events`, the first of which has the id `from`; all of them happened at `at` (epoch ms). */
export const readHistory = (events: readonly Json[], from: number, at: number): HistoryEvent[] => {
  const history: HistoryEvent[] = [];
  let next = 0;
  let value: Json | undefined;
  while (next < events.length) {
    const code = events[next++] as number;
    const place = Math.floor(code / forms);
    const type = place === 0 ? (events[next++] as string) : types[place];
    if (type === undefined) throw new Error(`The journal names an event of a later release (type ${place})`);
    const id = from + history.length;
    const previousEventId = code & follows ? (events[next++] as number) : id - 1;
    const event: HistoryEvent = { id, previousEventId, timestamp: at, type };
    const form = code & 7;
    if (form === whole) event.details = events[next++] as NonNullable<HistoryEvent['details']>;
    else if (form !== none) {
      const name = events[next++] as string;
      const own = code & again ? value : events[next++];
      if (typeof own === 'object') value = own;
      event.details = { name, [named[form] ?? '']: own };
    }
    history.push(event);
  }
  return history;
};
