/** What the multipart operations share: finding an upload and its parts. */
import * as z from 'zod';
import type { Call } from '../../operation.ts';
import { bucketOf, objectMembers } from './bucket.ts';
import { invalidArgument, noSuchUpload } from './errors.ts';
import { partKey, type Part, type S3State, type Upload } from './state.ts';

export const uploadMembers = { ...objectMembers, UploadId: z.string() };

export const partMembers = { ...uploadMembers, PartNumber: z.number().int() };

export const lastPart = 10_000;

/** The upload of this id, bucket and key. Throws NoSuchUpload, NoSuchBucket. */
export const uploadOf = (
  call: Call<S3State>,
  it: { Bucket: string; Key: string; UploadId: string; ExpectedBucketOwner?: string | undefined },
): Upload => {
  bucketOf(call, it);
  const upload = call.state.uploads.get(it.UploadId);
  if (!upload || upload.Bucket !== it.Bucket || upload.Key !== it.Key) throw noSuchUpload(it.UploadId);
  return upload;
};

/** Throws InvalidArgument unless the number is one of 1 to 10,000. */
export const checkPartNumber = (part: number): void => {
  if (part < 1 || part > lastPart)
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', String(part));
};

/** The parts of an upload in the order of their numbers. */
export const partsOf = ({ state }: Call<S3State>, uploadId: string): Part[] => {
  const parts: Part[] = [];
  // Found by key, not by going through the parts of all uploads.
  for (let number = 1, left = state.uploads.get(uploadId)?.Parts ?? 0; left > 0 && number <= lastPart; number++) {
    const part = state.parts.get(partKey(uploadId, number));
    if (!part) continue;
    parts.push(part);
    left -= 1;
  }
  return parts;
};

/** Records a part; another with its number is replaced. Durable when it resolves. Throws NoSuchUpload if the upload has ended. */
export const keepPart = async (call: Call<S3State>, part: Part): Promise<void> => {
  const { state, world } = call;
  const upload = state.uploads.get(part.UploadId);
  if (!upload) {
    for (const blob of part.Content) state.blobs.discard(blob);
    throw noSuchUpload(part.UploadId);
  }
  const key = partKey(part.UploadId, part.PartNumber);
  const replaced = state.parts.get(key);
  if (!replaced) state.uploads.set(part.UploadId, { ...upload, Parts: upload.Parts + 1 });
  state.parts.set(key, part);
  state.blobs.retain(part.Content);
  await world.store.flushed();
  if (replaced) state.blobs.release(replaced.Content);
};

/** Forgets an upload and its parts; the parts' files are the caller's to release once that is durable. */
export const forgetUpload = (call: Call<S3State>, uploadId: string): Part[] => {
  const parts = partsOf(call, uploadId);
  for (const { PartNumber } of parts) call.state.parts.delete(partKey(uploadId, PartNumber));
  call.state.uploads.delete(uploadId);
  return parts;
};
