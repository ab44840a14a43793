import { createHash } from 'node:crypto';
import { refuse, text, type Intrinsic } from './arguments.ts';

/** Base64 and hash functions take at most this many characters. */
const characterLimit = 10_000;

const short = (value: string) => (value.length <= characterLimit ? value : refuse());

/** States.Base64Encode(text) */
export const base64Encode: Intrinsic = ([data]) => Buffer.from(short(text(data))).toString('base64');

/** States.Base64Decode(text) */
export const base64Decode: Intrinsic = ([data]) => Buffer.from(short(text(data)), 'base64').toString();

const algorithms: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** States.Hash(data, algorithm): of a string its own bytes, of anything else its JSON text. */
export const hash: Intrinsic = ([data = null, algorithm]) => {
  const name = algorithms[text(algorithm)] ?? refuse();
  return createHash(name)
    .update(short(typeof data === 'string' ? data : JSON.stringify(data)))
    .digest('hex');
};
