/**
 * The keys of one bucket in S3's order, with the versions of each. Kept in memory beside the durable table, so that a page
 * of a listing costs a binary search and the page itself, whatever the size of the bucket.
 */

/** What the index must know of a version. */
export interface Indexed {
  Key: string;
  VersionId: string;
  /** Newer versions have greater numbers. */
  Sequence: number;
}

// UTF-16 code units order like UTF-8 bytes but for surrogates, which stand for code points above every other unit.
const rank = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);

/** Compares two strings by their UTF-8 bytes, the order of every S3 listing. */
export const compareKeys = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
};

export interface KeyIndex<Version extends Indexed> {
  /** All versions of a key, the newest first. */
  versions(key: string): readonly Version[];
  /** Adds a version; one with the same id is replaced and returned. */
  put(version: Version): Version | undefined;
  /** Replaces the version with the same id where it stands. */
  update(version: Version): void;
  remove(version: Version): void;
  /** Number of keys. */
  readonly size: number;
  /** The key at a position of the order, undefined past the end. */
  at(position: number): string | undefined;
  /** Position of the first key for which `after` holds; it must hold for every later key too. */
  firstWhere(after: (key: string) => boolean, from?: number): number;
}

export const keyIndex = <Version extends Indexed>(initial: Iterable<Version> = []): KeyIndex<Version> => {
  const byKey = new Map<string, Version[]>();
  for (const version of initial) {
    const known = byKey.get(version.Key);
    if (known) known.push(version);
    else byKey.set(version.Key, [version]);
  }
  for (const versions of byKey.values()) versions.sort((a, b) => b.Sequence - a.Sequence);
  const keys = [...byKey.keys()].sort(compareKeys);

  const firstWhere = (after: (key: string) => boolean, from = 0): number => {
    let low = from;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (after(keys[middle] ?? '')) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const positionOf = (key: string) => firstWhere((other) => compareKeys(other, key) >= 0);

  return {
    versions: (key) => byKey.get(key) ?? [],
    put(version) {
      const known = byKey.get(version.Key);
      if (!known) {
        byKey.set(version.Key, [version]);
        keys.splice(positionOf(version.Key), 0, version.Key);
        return undefined;
      }
      const old = known.findIndex(({ VersionId }) => VersionId === version.VersionId);
      const [replaced] = old < 0 ? [] : known.splice(old, 1);
      known.unshift(version);
      return replaced;
    },
    update(version) {
      const known = byKey.get(version.Key) ?? [];
      const old = known.findIndex(({ VersionId }) => VersionId === version.VersionId);
      if (old >= 0) known[old] = version;
    },
    remove({ Key, VersionId }) {
      const left = (byKey.get(Key) ?? []).filter((version) => version.VersionId !== VersionId);
      if (left.length > 0) {
        byKey.set(Key, left);
      } else if (byKey.delete(Key)) {
        keys.splice(positionOf(Key), 1);
      }
    },
    get size() {
      return keys.length;
    },
    at: (position) => keys[position],
    firstWhere,
  };
};
