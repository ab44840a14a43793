import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { xmlAnswer } from './answer.ts';
import { bucketMembers, bucketOf, onObject } from './bucket.ts';
import { malformedXml } from './errors.ts';
import type { S3State, Version } from './state.ts';
import { deleteVersion, settleDeletions } from './versions.ts';

const one = z.strictObject({ Key: z.string().min(1), VersionId: z.string().optional() });
const input = z.strictObject({
  ...bucketMembers,
  Delete: z.strictObject({ Objects: z.array(one), Quiet: z.boolean().optional() }),
});

const need = onObject('DeleteObject', 'DeleteObjectVersion');
const mostObjects = 1000;

/** Deletes up to 1,000 objects. The caller needs the permission for all of them, or none is deleted. */
export const deleteObjects = operation({
  input,
  needs: (it) => it.Delete.Objects.flatMap((object) => need({ ...object, Bucket: it.Bucket })),
  async run(it, call: Call<S3State>) {
    const bucket = bucketOf(call, it);
    const { Objects, Quiet } = it.Delete;
    if (Objects.length === 0 || Objects.length > mostObjects)
      throw malformedXml(`1 to ${mostObjects} objects expected, ${Objects.length} given`);
    const gone: (Version | undefined)[] = [];
    const Deleted: object[] = [];
    const Errors: object[] = [];
    for (const { Key, VersionId } of Objects) {
      try {
        const { deletion, gone: version } = deleteVersion(call, bucket, { Key, VersionId });
        gone.push(version);
        const { DeleteMarker, VersionId: marker } = deletion;
        Deleted.push({
          Key,
          ...(VersionId !== undefined && { VersionId }),
          ...(DeleteMarker && { DeleteMarker, DeleteMarkerVersionId: marker }),
        });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        Errors.push({ Key, ...(VersionId !== undefined && { VersionId }), Code: error.code, Message: error.message });
      }
    }
    await settleDeletions(call, gone);
    const shown = Quiet ? [] : Deleted;
    return xmlAnswer(call, { Deleted: shown, Errors }, 'DeleteResult', { Deleted: shown, Error: Errors });
  },
});
