/**
 * Expiry of objects. As on AWS, rules are applied once a day, at midnight UTC, and an object's age counts in whole days from
 * the first midnight after it was written. Transitions to other storage classes are not known members: there is one class.
 */
import * as z from 'zod';
import type { Call, World } from '../../operation.ts';
import { ruleDocument } from './bucketSetting.ts';
import type { Bucket } from './bucket.ts';
import type { S3State, Version } from './state.ts';
import { forgetUpload } from './upload.ts';
import { deleteVersion, settleDeletions } from './versions.ts';

const days = z.number().int().min(1);

const ruleGrammar = z.strictObject({
  ID: z.string().max(255).optional(),
  Status: z.enum(['Enabled', 'Disabled']),
  Prefix: z.string().optional(),
  Filter: z.strictObject({ Prefix: z.string().optional() }).optional(),
  Expiration: z.strictObject({ Days: days.optional(), ExpiredObjectDeleteMarker: z.boolean().optional() }).optional(),
  NoncurrentVersionExpiration: z.strictObject({ NoncurrentDays: days }).optional(),
  AbortIncompleteMultipartUpload: z.strictObject({ DaysAfterInitiation: days }).optional(),
});
type Rule = z.infer<typeof ruleGrammar>;

export const lifecycleGrammar = z.strictObject({ Rules: z.array(ruleGrammar).min(1).max(1000) });
export type Lifecycle = z.infer<typeof lifecycleGrammar>;

/** The configuration's document. */
export const lifecycleDocument = (value: Lifecycle): object => ruleDocument(value);

const day = 86_400;
const midnightAfter = (seconds: number): number => (Math.floor(seconds / day) + 1) * day;

const hasExpired = (since: number, after: number | undefined, now: number): boolean =>
  after !== undefined && now >= midnightAfter(since) + after * day;

/** The versions of one key that a rule removes now: by id, or, for the current one, as a plain delete does. */
const expiredOf = (versions: readonly Version[], rule: Rule, now: number): { current: boolean; ids: string[] } => {
  const [current] = versions;
  const { Expiration, NoncurrentVersionExpiration } = rule;
  const lonelyMarker = current?.DeleteMarker && versions.length === 1;
  const ids = versions.flatMap(({ VersionId }, at) => {
    const newer = versions[at - 1];
    const isExpired = newer && hasExpired(newer.LastModified, NoncurrentVersionExpiration?.NoncurrentDays, now);
    return isExpired ? [VersionId] : [];
  });
  if (lonelyMarker && Expiration?.ExpiredObjectDeleteMarker) ids.push(current.VersionId);
  return {
    current: current !== undefined && !current.DeleteMarker && hasExpired(current.LastModified, Expiration?.Days, now),
    ids,
  };
};

const applyRule = async (call: Call<S3State>, bucket: Bucket, rule: Rule, now: number) => {
  const { state, world } = call;
  const prefix = rule.Filter?.Prefix ?? rule.Prefix ?? '';
  const index = state.keysOf(bucket.Name);
  const keys: string[] = [];
  for (let at = 0; at < index.size; at++) keys.push(index.at(at) ?? '');
  const gone: (Version | undefined)[] = [];
  for (const Key of keys) {
    if (!Key.startsWith(prefix)) continue;
    const { current, ids } = expiredOf(index.versions(Key), rule, now);
    for (const VersionId of ids)
      gone.push(deleteVersion(call, bucket, { Key, VersionId }, 'Lifecycle Expiration').gone);
    if (current) gone.push(deleteVersion(call, bucket, { Key }, 'Lifecycle Expiration').gone);
  }
  await settleDeletions(call, gone);
  const age = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
  const parts = [...state.uploads.values()]
    .filter((it) => it.Bucket === bucket.Name && it.Key.startsWith(prefix) && hasExpired(it.Initiated, age, now))
    .flatMap(({ UploadId }) => forgetUpload(call, UploadId));
  await world.store.flushed();
  for (const { Content } of parts) state.blobs.release(Content);
};

/** Applies every enabled rule of every bucket, as of now. */
export const applyLifecycles = async (world: World, state: S3State): Promise<void> => {
  const now = Math.floor(world.clock.now() / 1000);
  const principal = { kind: 'service', service: 's3', arn: 's3.amazonaws.com' } as const;
  for (const bucket of state.buckets.values())
    for (const rule of bucket.Lifecycle?.Rules ?? [])
      if (rule.Status === 'Enabled')
        await applyRule({ world, state, principal, requestId: world.ids.uuid() }, bucket, rule, now);
};

/** Applies the rules at every midnight; returns how to stop. */
export const everyMidnight = (world: World, state: S3State): (() => void) => {
  let cancel = () => {};
  const next = () => {
    cancel = world.clock.alarm(midnightAfter(world.clock.now() / 1000) * 1000, () => {
      next();
      applyLifecycles(world, state).catch((error: unknown) =>
        world.log('error', 'lifecycle rules could not be applied; the next midnight tries again', {
          error: String(error),
        }),
      );
    });
  };
  next();
  return () => cancel();
};
