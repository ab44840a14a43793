/**
 * All executions that are known: those that may still change as they are, the rest packed. Numbers are given in the order in which
 * executions begin, so that a walk over them needs no sorting.
 */
import type { Summary } from './executionLog.ts';
import { openPacker, split, type Shared } from './packedSummary.ts';

/** Numbers are kept in pages of so many. */
const pageSize = 1024;

export interface Summaries {
  /** By ARN. That of a closed execution is a copy: it changes nothing. */
  get(arn: string): Summary | undefined;
  has(arn: string): boolean;
  readonly size: number;
  /** All of them, in the order in which they began. */
  values(): Iterable<Summary>;
  /** Those that are not closed for good as of now: running, or with status events to be told. */
  open(): Summary[];
  /** Newest first from below a number, of those whose machine, origin or map run is meant. */
  newest(below: number, meant: (shared: Shared) => boolean, status: string | undefined): Iterable<Summary>;
  /** Keys of the definitions they run. */
  definitions(): Set<string>;
}

export interface SummaryTable extends Summaries {
  add(summary: Summary): void;
  byNumber(number: number): Summary | undefined;
  hasNumber(number: number): boolean;
  /** Packs a closed execution; does nothing when it is packed already. */
  freeze(summary: Summary): void;
  /** The summary of a closed execution that is going to change, until it is frozen again. */
  thaw(arn: string): Summary | undefined;
  delete(summary: Summary): void;
  /** Undefined when there is none, or it runs. */
  stoppedAt(number: number): number | undefined;
}

export const openSummaries = (): SummaryTable => {
  const packer = openPacker();
  const open = new Map<string, Summary>();
  /** Numbers of the packed by machine and name. */
  const closed = new Map<string, Map<string, number>>();
  const pages = new Map<number, (Summary | string | undefined)[]>();
  let size = 0;
  let highest = 0;

  const slotOf = (number: number) => pages.get(Math.floor(number / pageSize))?.[number % pageSize];
  const put = (number: number, slot: Summary | string | undefined) => {
    const at = Math.floor(number / pageSize);
    let page = pages.get(at);
    if (!page) pages.set(at, (page = Array.from({ length: pageSize })));
    page[number % pageSize] = slot;
    highest = Math.max(highest, number);
    if (slot === undefined && page.every((it) => it === undefined)) pages.delete(at);
  };
  const numberOf = (arn: string) => {
    const { head, own } = split(arn);
    return closed.get(head)?.get(own);
  };
  const whole = (number: number, slot: Summary | string | undefined) =>
    typeof slot === 'string' ? packer.unpack(slot, number) : slot;
  const unfreeze = ({ number, identity }: Summary) => {
    const slot = slotOf(number);
    if (typeof slot !== 'string') return;
    packer.dropped(slot);
    const { head, own } = split(identity.arn);
    const names = closed.get(head);
    names?.delete(own);
    if (names?.size === 0) closed.delete(head);
  };
  const byNumber = (number: number) => whole(number, slotOf(number));
  const get = (arn: string) => {
    const known = open.get(arn);
    if (known) return known;
    const number = numberOf(arn);
    return number === undefined ? undefined : byNumber(number);
  };
  const add = (summary: Summary) => {
    open.set(summary.identity.arn, summary);
    put(summary.number, summary);
    size++;
  };

  return {
    add,
    get,
    has: (arn) => open.has(arn) || numberOf(arn) !== undefined,
    get size() {
      return size;
    },
    *values() {
      for (const [at, page] of pages)
        for (const [i, slot] of page.entries()) {
          const summary = whole(at * pageSize + i, slot);
          if (summary) yield summary;
        }
    },
    open: () => [...open.values()],
    *newest(below, meant, status) {
      const judged = new Map<number, boolean>();
      const isMeant = (group: number, shared: Shared) => {
        let verdict = judged.get(group);
        if (verdict === undefined) judged.set(group, (verdict = meant(shared)));
        return verdict;
      };
      for (let number = Math.min(below - 1, highest); number > 0; number--) {
        const slot = slotOf(number);
        if (slot === undefined) {
          // A page without anybody is passed at once.
          if (!pages.has(Math.floor(number / pageSize))) number -= number % pageSize;
          continue;
        }
        if (typeof slot === 'string') {
          const { group, shared, status: has } = packer.glance(slot);
          if ((status ?? has) === has && isMeant(group, shared)) yield packer.unpack(slot, number);
        } else if ((status ?? slot.status) === slot.status && meant(slot)) yield slot;
      }
    },
    definitions() {
      const keys = new Set<string>();
      for (const { definition } of open.values()) keys.add(definition);
      for (const { definition } of packer.shared()) keys.add(definition);
      return keys;
    },
    byNumber,
    hasNumber: (number) => slotOf(number) !== undefined,
    freeze(summary) {
      const { number, identity } = summary;
      if (typeof slotOf(number) === 'string') return;
      open.delete(identity.arn);
      const { head, own } = split(identity.arn);
      let names = closed.get(head);
      if (!names) closed.set(head, (names = new Map()));
      names.set(flat(own), number);
      put(number, packer.pack(summary));
    },
    thaw(arn) {
      const known = open.get(arn);
      if (known) return known;
      const summary = get(arn);
      if (!summary) return undefined;
      unfreeze(summary);
      open.set(arn, summary);
      put(summary.number, summary);
      return summary;
    },
    delete(summary) {
      unfreeze(summary);
      open.delete(summary.identity.arn);
      put(summary.number, undefined);
      size--;
    },
    stoppedAt(number) {
      const slot = slotOf(number);
      return typeof slot === 'string' ? packer.stoppedAt(slot) : slot?.stoppedAt;
    },
  };
};

/** A copy that does not keep the ARN alive which it was cut from. */
const flat = (text: string) => Buffer.from(text).toString();
