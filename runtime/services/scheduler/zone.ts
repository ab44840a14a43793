/** Time zones of the IANA database, as this process's Intl has them. A wall time is what a clock there shows, written as if it were UTC. */

const formats = new Map<string, Intl.DateTimeFormat>();

const formatOf = (zone: string): Intl.DateTimeFormat => {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
};

/** Intl also takes offsets (`+02:00`) and any case; the database's names begin with a capital letter. */
const nameOfZone = /^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*)*$/;

/** True for a name of the database, aliases included. */
export const isZone = (zone: string): boolean => {
  if (!nameOfZone.test(zone)) return false;
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
};

/** The wall time (ms) in a zone at an instant (epoch ms), whole seconds. */
export const wallOf = (zone: string, instant: number): number => {
  if (zone === 'UTC') return Math.floor(instant / 1000) * 1000;
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(instant)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
};

const offsetAt = (zone: string, instant: number): number => wallOf(zone, instant) - Math.floor(instant / 1000) * 1000;

const day = 86_400_000;

/**
 * The first instant (epoch ms) at which clocks in the zone show a wall time; undefined where they never do, because they were set
 * forward over it. No zone changes its offset twice within two days, so a wall time has one of two offsets.
 */
export const instantOf = (zone: string, wall: number): number | undefined => {
  if (zone === 'UTC') return wall;
  const offsets = [offsetAt(zone, wall - day), offsetAt(zone, wall + day)];
  const instants = offsets.map((offset) => wall - offset).filter((instant) => wallOf(zone, instant) === wall);
  return instants.length === 0 ? undefined : Math.min(...instants);
};
