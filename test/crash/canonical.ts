/**
 * A history as it must be whatever crashed: what differs between two runs of a machine (times, identifiers, tokens) is replaced,
 * and events are put in order within their branch or item, since branches have none among each other.
 */
import type { ReportedEvent, ReportedExecution } from './order.ts';

/** Text in which two runs of the same machine may differ. */
const changing: readonly [RegExp, string][] = [
  [/[A-Za-z0-9+/]{120,}={0,2}/g, '<token>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>'],
  [/\b[0-9a-f]{32}\b/g, '<version>'],
  [/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, '<time>'],
  [/\w{3}, \d{2} \w{3} \d{4} [\d:]+ GMT/g, '<time>'],
  [/\b1[5-9]\d{8}(?:\d{3})?(?:\.\d+)?\b/g, '<time>'],
];

export const canonicalText = (text: string, names: readonly string[]) => {
  let told = text;
  for (const name of names) told = told.replaceAll(name, '<name>');
  for (const [pattern, mark] of changing) told = told.replaceAll(pattern, mark);
  return told;
};

const endOf: Readonly<Record<string, RegExp>> = {
  Map: /^MapState(?:Started|Entered|Succeeded|Failed)$/,
  Parallel: /^ParallelState(?:Started|Entered|Succeeded|Failed)$/,
};

/** The branch or item an event belongs to, from that of the event it follows. */
const laneOf = (event: ReportedEvent, lane: string, previous: string): string => {
  const outer = () => lane.slice(0, lane.lastIndexOf('/'));
  if (event.type === 'MapIterationStarted') {
    const { index, name } = event['mapIterationStartedEventDetails'] as { index: number; name: string };
    return `${previous === 'MapStateStarted' ? lane : outer()}/${name} ${index}`;
  }
  const [, kind = ''] = /^(Map|Parallel)State(?:Succeeded|Exited|Failed)$/.exec(event.type) ?? [];
  if (kind) return endOf[kind]?.test(previous) ? lane : outer();
  if (previous === 'ParallelStateStarted') {
    const { name } = event['stateEnteredEventDetails'] as { name: string };
    return `${lane}/${name}`;
  }
  return lane;
};

/** Lines in an order that two runs share. `names` are what this run is called. */
export const canonicalHistory = (
  { events }: ReportedExecution,
  names: readonly string[],
  leaveOut: readonly string[] = [],
): string[] => {
  const lanes = new Map<number, { lane: string; type: string }>([[0, { lane: '', type: '' }]]);
  const byLane = new Map<string, string[]>();
  for (const event of events) {
    const { id, previousEventId, type, timestamp: _, ...details } = event;
    const before = lanes.get(previousEventId) ?? { lane: '?', type: '?' };
    const lane = laneOf(event, before.lane, before.type);
    lanes.set(id, { lane, type });
    if (leaveOut.includes(type)) continue;
    byLane.set(lane, [
      ...(byLane.get(lane) ?? []),
      `${canonicalText(lane, names)} ${type} ${canonicalText(JSON.stringify(details), names)}`,
    ]);
  }
  return [...byLane.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, lines]) => lines);
};
