import type { Json } from './json.ts';

const pattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

/** Epoch milliseconds of an ISO-8601 date-time with offset, as ASL's Timestamp wants it; undefined for anything else. */
export const parseTimestamp = (value: Json | undefined): number | undefined => {
  if (typeof value !== 'string') return undefined;
  const parts = pattern.exec(value);
  if (!parts) return undefined;
  const [, year, month, day, hour] = parts.map(Number);
  const at = Date.parse(value.replace(/(\.\d{3})\d+/, '$1'));
  const daysInMonth = new Date(Date.UTC(year ?? 0, month ?? 0, 0)).getUTCDate();
  return Number.isNaN(at) || (day ?? 0) > daysInMonth || (hour ?? 0) > 23 ? undefined : at;
};
