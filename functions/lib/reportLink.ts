import { keys } from '../../spec/names.ts';
import type { Outcome } from '../../spec/run.ts';
import { environment } from './environment.ts';

/** Outcomes behind the gate: its verdict stands in a report. */
const judged: ReadonlySet<Outcome> = new Set(['DEPLOYED', 'REGISTERED', 'REFUSED', 'OVERTAKEN', 'REJECTED', 'EXPIRED']);

/**
 * Where a run's report is. No signed address: a message is kept and forwarded, and whoever holds such an address needs no
 * permission. These ask for one.
 */
export const reportLink = (runId: string, outcome: Outcome) => {
  if (!judged.has(outcome)) return undefined;
  const bucket = environment('BUCKET_NAME');
  const key = keys.report(runId);
  const region = environment('AWS_REGION');
  const query = new URLSearchParams({ region, prefix: key }).toString();
  return {
    object: `s3://${bucket}/${key}`,
    console: `https://${region}.console.aws.amazon.com/s3/object/${bucket}?${query}`,
    command: `sluice show ${runId} --report report.html`,
  };
};
