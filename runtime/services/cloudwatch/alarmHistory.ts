/** What happened to alarms: the last thousand items of all of them together, of at most thirty days, as long as AWS keeps them. */
import type { Table } from '../../journal/store.ts';
import type { World } from '../../operation.ts';

export interface HistoryItem {
  AlarmName: string;
  /** Epoch seconds. */
  Timestamp: number;
  HistoryItemType: 'ConfigurationUpdate' | 'StateUpdate' | 'Action';
  HistorySummary: string;
  /** JSON text. */
  HistoryData: string;
}

export interface AlarmHistory {
  add(item: Omit<HistoryItem, 'Timestamp'>): void;
  /** Oldest first. */
  items(): HistoryItem[];
}

const kept = 1_000;
const keptSeconds = 30 * 86_400;

export const openAlarmHistory = ({ clock, ids }: World, table: Table<HistoryItem>): AlarmHistory => ({
  add(item) {
    table.set(ids.uuid(), { ...item, Timestamp: clock.now() / 1000 });
    for (const key of table.keys()) {
      if (table.size <= kept) return;
      table.delete(key);
    }
  },
  items: () => [...table.values()].filter(({ Timestamp }) => Timestamp >= clock.now() / 1000 - keptSeconds),
});
