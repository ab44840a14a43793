import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { answerHeaders } from './objectHeaders.ts';
import { xmlAnswer } from './answer.ts';
import { onObject } from './bucket.ts';
import { checksumMembers } from './checksums.ts';
import { copySourceMembers, findSource, sourceNeeds } from './copySource.ts';
import { invalidArgument } from './errors.ts';
import { receive } from './receive.ts';
import type { S3State } from './state.ts';
import { checkPartNumber, keepPart, partMembers, uploadOf } from './upload.ts';

const input = z.strictObject({ ...partMembers, ...copySourceMembers, CopySourceRange: z.string().optional() });

const rangeOf = (header: string | undefined, size: number): { start: number; end: number } => {
  if (header === undefined) return { start: 0, end: size };
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header) ?? [];
  const start = Number(first);
  const end = Number(last) + 1;
  if (first === undefined || start >= end || end > size)
    throw invalidArgument(
      `The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy; the source has ${size} bytes`,
      'x-amz-copy-source-range',
      header,
    );
  return { start, end };
};

/** Takes a part from an object, or from a range of it. */
export const uploadPartCopy = operation({
  input,
  needs: (it) => [...sourceNeeds(it), ...onObject('PutObject')(it)],
  async run(it, call: Call<S3State>) {
    checkPartNumber(it.PartNumber);
    const { UploadId, ChecksumAlgorithm } = uploadOf(call, it);
    const { sourceBucket, source } = await findSource(call, it);
    const { start, end } = rangeOf(it.CopySourceRange, source.Size);
    const { http: _, ...inner } = call;
    const Body = call.state.blobs.read(source.Content, start, end);
    const { blob, etag, checksum } = await receive(inner, { Body, ChecksumAlgorithm });
    const LastModified = Math.floor(call.world.clock.now() / 1000);
    await keepPart(call, {
      UploadId,
      PartNumber: it.PartNumber,
      Content: [blob],
      Size: blob.Size,
      ETag: etag,
      LastModified,
      Checksum: checksum,
    });
    const CopyPartResult = { ETag: `"${etag}"`, LastModified, ...checksumMembers(checksum) };
    const members = {
      ServerSideEncryption: 'AES256',
      ...(sourceBucket.Versioning && { CopySourceVersionId: source.VersionId }),
    };
    return xmlAnswer(call, { CopyPartResult, ...members }, 'CopyPartResult', CopyPartResult, answerHeaders(members));
  },
});
