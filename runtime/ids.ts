/** The only source of randomness and identity in the runtime. */
import { randomBytes, randomUUID } from 'node:crypto';

export interface Ids {
  /** A version-4 UUID: request ids, event ids, execution names. */
  uuid(): string;
  /** `bytes` random bytes as lower-case hexadecimal. */
  hex(bytes: number): string;
  /** Uniform in [0, 1): jitter, traffic weights. */
  random(): number;
}

export const systemIds: Ids = {
  uuid: () => randomUUID(),
  hex: (bytes) => randomBytes(bytes).toString('hex'),
  random: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
};

/** The same sequence at every start, for tests that compare whole answers. */
export const testIds = (): Ids => {
  let count = 0;
  const hex = (bytes: number) =>
    (++count)
      .toString(16)
      .padStart(bytes * 2, '0')
      .slice(-bytes * 2);
  return {
    hex,
    uuid: () => `00000000-0000-4000-8000-${hex(6)}`,
    random: () => (++count * 0.618_033_988_75) % 1,
  };
};
