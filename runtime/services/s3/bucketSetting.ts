/** Operations that put, get and delete one setting of a bucket. */
import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { headerAnswer, xmlAnswer } from './answer.ts';
import { bucketMembers, bucketOf, onBucket, type Bucket } from './bucket.ts';
import type { S3State } from './state.ts';

interface BucketInput {
  Bucket: string;
  ExpectedBucketOwner?: string | undefined;
}

/** Changes a bucket's record; durable when it resolves. */
export const changeBucket = async ({ state, world }: Call<S3State>, bucket: Bucket, change: Partial<Bucket>) => {
  state.buckets.set(bucket.Name, { ...bucket, ...change });
  await world.store.flushed();
};

/** Stores what `value` takes from the input as the bucket's `field`. `check` refuses what the grammar cannot. */
export const putSetting = <Input extends BucketInput, Field extends keyof Bucket>(of: {
  action: string;
  field: Field;
  input: z.ZodType<Input>;
  value: (input: Input) => Bucket[Field];
  check?: (input: Input) => void;
}) =>
  operation({
    input: of.input,
    needs: onBucket(of.action),
    async run(it, call: Call<S3State>) {
      const bucket = bucketOf(call, it);
      of.check?.(it);
      await changeBucket(call, bucket, { [of.field]: of.value(it) });
      return headerAnswer(call, {});
    },
  });

type DocumentField = 'Encryption' | 'PublicAccessBlock' | 'OwnershipControls';

/** Answers the bucket's `field` as `member`; `missing` is the value where it was never put. */
export const getSetting = (of: {
  action: string;
  field: DocumentField;
  member: string;
  root: string;
  missing: object;
  /** The document's content, where lists of the SDK's shape have other element names. */
  document: (value: object) => object;
}) =>
  operation({
    input: z.strictObject(bucketMembers),
    needs: onBucket(of.action),
    run(it, call: Call<S3State>) {
      const value = bucketOf(call, it)[of.field] ?? of.missing;
      return xmlAnswer(call, { [of.member]: value }, of.root, of.document(value));
    },
  });

/** Forgets the bucket's `field`; forgetting what was never put succeeds. */
export const deleteSetting = (action: string, field: keyof Bucket) =>
  operation({
    input: z.strictObject(bucketMembers),
    needs: onBucket(action),
    async run(it, call: Call<S3State>) {
      await changeBucket(call, bucketOf(call, it), { [field]: undefined });
      return headerAnswer(call, {}, 204);
    },
  });

const rulesGrammar = z.looseObject({ Rules: z.array(z.unknown()) });

/** The document of a setting that is a list of rules. */
export const ruleDocument = (value: object): object => {
  const { Rules, ...rest } = rulesGrammar.parse(value);
  return { ...rest, Rule: Rules };
};
