/**
 * A durable table of named things whose changes are announced as events. A change and its announcement are one record, so
 * that neither can survive a crash without the other; an announcement is dropped once the bus has it. The bus may therefore
 * hear of a change twice, as it may on AWS. Order per thing is kept.
 */
import type { ServiceEvent, World } from '../../operation.ts';

interface Row<Record> {
  /** Absent when the thing is gone and only its last announcements are left. */
  record?: Record;
  events: readonly ServiceEvent[];
}

export interface Entities<Record> {
  /** Names are told apart without regard to case, as SageMaker does. */
  get(name: string): Record | undefined;
  values(): Record[];
  /** Visible at once; durable after `store.flushed()`. */
  save(name: string, record: Record, event?: ServiceEvent): void;
  remove(name: string, event?: ServiceEvent): void;
  /** Announces what a crash left unannounced. */
  resume(): void;
}

/** How long (ms) to wait before an announcement that the bus refused is tried again. */
const retryAfter = 5_000;

export const openEntities = <Record>(world: World, tableName: string): Entities<Record> => {
  const table = world.store.table<Row<Record>>(tableName);
  const announcing = new Set<string>();

  const write = (key: string, row: Row<Record>) => {
    if (row.record === undefined && row.events.length === 0) table.delete(key);
    else table.set(key, row);
  };
  const dropFirst = (key: string) => {
    const row = table.get(key);
    if (row) write(key, { ...row, events: row.events.slice(1) });
  };
  const announce = async (key: string) => {
    if (announcing.has(key)) return;
    announcing.add(key);
    try {
      for (let event = table.get(key)?.events[0]; event; event = table.get(key)?.events[0]) {
        await world.store.flushed();
        await world.emit(event);
        dropFirst(key);
      }
    } catch (error) {
      world.log('warn', 'a SageMaker event could not be sent; it is tried again', { key, error: String(error) });
      world.clock.alarm(world.clock.now() + retryAfter, () => void announce(key));
    } finally {
      announcing.delete(key);
    }
  };
  const change = (name: string, record: Record | undefined, event: ServiceEvent | undefined) => {
    const key = name.toLowerCase();
    const events = table.get(key)?.events ?? [];
    write(key, { ...(record !== undefined && { record }), events: event ? [...events, event] : events });
    if (event) void announce(key);
  };

  return {
    get: (name) => table.get(name.toLowerCase())?.record,
    values: () => [...table.values()].flatMap(({ record }) => (record === undefined ? [] : [record])),
    save: (name, record, event) => change(name, record, event),
    remove: (name, event) => change(name, undefined, event),
    resume() {
      for (const key of table.keys()) void announce(key);
    },
  };
};
