/** What rules of the gate may ask of a model besides its metrics. */
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { costOf } from '../../spec/costs.ts';
import type { Figures } from '../../spec/gateRules.ts';
import { keys, trainingJobName } from '../../spec/names.ts';
import type { Plan } from '../../spec/run.ts';
import { s3 } from './clients.ts';
import { environment } from './environment.ts';
import { listUses } from './ledger/uses.ts';

/** Of the model that the gate judges; empty when no rule asks. A figure that is not known is absent. */
export const figuresOf = async (
  { runId, pipeline, prices = {} }: Plan,
  winner: number,
  trainingJob = trainingJobName(runId, winner),
): Promise<Figures> => {
  const asked = new Set(pipeline.gate.rules.map(({ figure }) => figure));
  const figures: Figures = {};
  if (asked.has('modelBytes')) {
    const Key = keys.model(runId, winner, trainingJob);
    const { ContentLength } = await s3().send(new HeadObjectCommand({ Bucket: environment('BUCKET_NAME'), Key }));
    if (ContentLength !== undefined) figures.modelBytes = { value: ContentLength };
  }
  if (!asked.has('trainingSeconds') && !asked.has('trainingUsd')) return figures;
  const use = (await listUses(runId)).find(({ job }) => job === trainingJob);
  if (!use) return figures;
  const { instanceType, count, seconds } = use;
  figures.trainingSeconds = { value: seconds };
  const price = prices[instanceType];
  if (price)
    figures.trainingUsd = {
      value: costOf([use], { [instanceType]: price.usdPerHour }).usd,
      note: `${seconds} s billed on ${count} × ${instanceType} at ${price.usdPerHour} USD an hour`,
    };
  return figures;
};
