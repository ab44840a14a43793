import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { headerAnswer } from './answer.ts';
import { bucketMembers, bucketOf, onBucket } from './bucket.ts';
import { changeBucket } from './bucketSetting.ts';
import { notImplemented } from './errors.ts';
import type { S3State } from './state.ts';

const input = z.strictObject({ ...bucketMembers, Policy: z.string() });

const largestPolicy = 20_480;

const policyGrammar = z.looseObject({ Statement: z.union([z.looseObject({}), z.array(z.looseObject({}))]) });
const denyInsecureTransport = z.looseObject({
  Effect: z.literal('Deny'),
  Condition: z.strictObject({
    Bool: z.strictObject({ 'aws:SecureTransport': z.union([z.literal('false'), z.literal(false)]) }),
  }),
});

const malformed = (why: string) =>
  new AwsError('MalformedPolicy', `Policies must be valid JSON and the first byte must be '{': ${why}`);

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const error = malformed(String(cause));
    error.cause = cause;
    throw error;
  }
};

/**
 * Records a bucket's policy. The runtime does not evaluate bucket policies, so it takes only statements that have nothing to
 * decide here: those that deny requests without TLS, where all requests come over the loopback interface.
 */
export const putBucketPolicy = operation({
  input,
  needs: onBucket('PutBucketPolicy'),
  async run(it, call: Call<S3State>) {
    const bucket = bucketOf(call, it);
    if (Buffer.byteLength(it.Policy) > largestPolicy) throw malformed(`it has more than ${largestPolicy} bytes`);
    const policy = policyGrammar.safeParse(parse(it.Policy));
    if (!policy.success) throw malformed('it needs a Statement');
    const { Statement } = policy.data;
    const other = [Statement].flat().findIndex((statement) => !denyInsecureTransport.safeParse(statement).success);
    if (other >= 0)
      throw notImplemented(
        `Statement ${other + 1} of the bucket policy: this runtime evaluates role policies, not bucket policies, and takes only statements that deny requests with aws:SecureTransport false; give the role the permission instead`,
      );
    await changeBucket(call, bucket, { Policy: it.Policy });
    return headerAnswer(call, {}, 204);
  },
});
