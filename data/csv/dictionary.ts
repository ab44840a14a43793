/** Distinct byte strings numbered in order of first appearance: an open-addressing hash table over one growing arena. */
export class Dictionary {
  private slots = new Int32Array(64).fill(-1);
  private hashes = new Int32Array(32);
  private offsets = new Int32Array(33);
  private arena = new Uint8Array(256);
  private size = 0;

  /** The number of the bytes from `start` to `end`, a new one when they were not seen before. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const code = this.slots[slot] ?? -1;
      if (code < 0) return this.add(bytes, start, end, hash, slot);
      if (this.hashes[code] === hash && this.holds(code, bytes, start, end)) return code;
    }
  }

  /** The strings by number; the bytes are known to be UTF-8. */
  levels(): string[] {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return Array.from({ length: this.size }, (_, code) =>
      decoder.decode(this.arena.subarray(this.offsets[code], this.offsets[code + 1])),
    );
  }

  private holds(code: number, bytes: Uint8Array, start: number, end: number) {
    const offset = this.offsets[code] ?? 0;
    const length = end - start;
    if ((this.offsets[code + 1] ?? 0) - offset !== length) return false;
    for (let at = 0; at < length; at++) if (this.arena[offset + at] !== bytes[start + at]) return false;
    return true;
  }

  private add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number) {
    const code = this.size++;
    if (code === this.hashes.length) {
      this.hashes = grow(new Int32Array(code * 2), this.hashes);
      this.offsets = grow(new Int32Array(code * 2 + 1), this.offsets);
    }
    const offset = this.offsets[code] ?? 0;
    const length = end - start;
    if (offset + length > this.arena.length)
      this.arena = grow(new Uint8Array((offset + length) * 2), this.arena.subarray(0, offset));
    this.arena.set(bytes.subarray(start, end), offset);
    this.offsets[code + 1] = offset + length;
    this.hashes[code] = hash;
    this.slots[slot] = code;
    if (this.size * 2 > this.slots.length) this.rehash();
    return code;
  }

  private rehash() {
    const slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let code = 0; code < this.size; code++) {
      let slot = (this.hashes[code] ?? 0) & mask;
      while ((slots[slot] ?? -1) >= 0) slot = (slot + 1) & mask;
      slots[slot] = code;
    }
    this.slots = slots;
  }
}

const grow = <T extends Int32Array | Uint8Array>(larger: T, old: T): T => {
  larger.set(old);
  return larger;
};
