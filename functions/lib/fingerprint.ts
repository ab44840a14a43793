import { createHash } from 'node:crypto';
import type { Plan } from '../../spec/run.ts';
import { pinnedObjects } from './drop.ts';

/** SHA-256 (hex) of which object versions a run learned from: the same versions always give the same one, in any order. */
export const fingerprintOf = async ({ runId, source }: Pick<Plan, 'runId' | 'source'>): Promise<string> => {
  const objects = (await pinnedObjects({ runId, source })) ?? [source];
  const lines = objects.map(({ key, versionId = '' }) => JSON.stringify([source.bucket, key, versionId]));
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex');
};
