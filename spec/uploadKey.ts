import { dropOf } from './dropKey.ts';
import { InputError } from './errors.ts';

/** S3's limit for a key, UTF-8 bytes. */
const maxKeyBytes = 1024;

const complaintOf = (key: string, filename: string): string | undefined => {
  if (!filename.isWellFormed()) return 'it is not Unicode';
  if (/\p{Cc}/u.test(filename)) return 'it has control characters';
  if (filename.split('/').includes('')) return 'a folder needs a name';
  const drop = dropOf(key);
  if ('ignored' in drop) return drop.ignored;
  const bytes = Buffer.byteLength(key);
  return bytes > maxKeyBytes ? `${key.split('/', 2).join('/')}/ and it have ${bytes} bytes` : undefined;
};

/** The key under which a file of this name is dropped; folders are part of a name. Throws InputError for one that would not run. */
export const uploadKey = (pipeline: string, filename: string): string => {
  const key = `drop/${pipeline}/${filename}`;
  const complaint = complaintOf(key, filename);
  if (complaint === undefined) return key;
  throw new InputError({
    what: `A file of this name can not be dropped: ${complaint}`,
    where: 'body, filename',
    expected: `a name such as houses.csv or 2026/11/houses.csv, at most ${maxKeyBytes} bytes with drop/${pipeline}/ before it`,
  });
};
