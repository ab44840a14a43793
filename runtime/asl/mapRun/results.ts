/** ResultWriter: what becomes of the children's results. https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html */
import type { Json, JsonObject } from '../json.ts';
import type { MapRunOrder, WriterOrder } from './order.ts';
import type { Storage } from './read.ts';

/** A child execution of a map run, closed or never started (`PENDING`). */
export interface ChildEnd {
  arn: string;
  name: string;
  machineArn: string;
  status: 'PENDING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  input: Json;
  output?: Json | undefined;
  error?: string | undefined;
  cause?: string | undefined;
  /** Epoch milliseconds. */
  startedAt?: number | undefined;
  stoppedAt?: number | undefined;
  /** The times (epoch ms) it was redriven. */
  redrives?: readonly number[];
}

const redriveDate = (at: number | undefined): JsonObject =>
  at === undefined ? {} : { RedriveDate: new Date(at).toISOString() };

const described = (end: ChildEnd): JsonObject => ({
  ExecutionArn: end.arn,
  Input: JSON.stringify(end.input),
  InputDetails: { Included: true },
  Name: end.name,
  ...(end.output !== undefined && { Output: JSON.stringify(end.output), OutputDetails: { Included: true } }),
  ...(end.error !== undefined && { Error: end.error }),
  ...(end.cause !== undefined && { Cause: end.cause }),
  RedriveCount: end.redrives?.length ?? 0,
  ...redriveDate(end.redrives?.at(-1)),
  RedriveStatus: end.status === 'SUCCEEDED' ? 'NOT_REDRIVABLE' : 'REDRIVABLE_BY_MAP_RUN',
  ...(end.status === 'SUCCEEDED' && { RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven' }),
  ...(end.startedAt !== undefined && { StartDate: new Date(end.startedAt).toISOString() }),
  StateMachineArn: end.machineArn,
  Status: end.status,
  ...(end.stoppedAt !== undefined && { StopDate: new Date(end.stoppedAt).toISOString() }),
});

/** Results in the form asked for; those of children that did not succeed always with their metadata. */
export const transformed = (ends: readonly ChildEnd[], how: WriterOrder['transformation']): Json[] =>
  ends.flatMap((end): Json[] => {
    if (how === 'NONE' || end.status !== 'SUCCEEDED') return [described(end)];
    const output = end.output ?? null;
    return how === 'FLATTEN' && Array.isArray(output) ? output : [output];
  });

const folders = (prefix: string) => (prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`);

/** Writes the results to S3 and returns the output of the Map state. Failures are the storage's. */
export const writeResults = async (
  storage: Storage,
  order: MapRunOrder,
  { lines, transformation }: WriterOrder,
  { bucket, prefix }: { bucket: string; prefix: string },
  ends: readonly ChildEnd[],
): Promise<JsonObject> => {
  const folder = `${folders(prefix)}${order.name}/`;
  const groups: Record<string, ChildEnd[]> = { FAILED: [], PENDING: [], SUCCEEDED: [] };
  for (const end of ends) (groups[end.status] ?? groups['FAILED'])?.push(end);
  const files: JsonObject = {};
  for (const [status, group] of Object.entries(groups)) {
    files[status] = [];
    if (group.length === 0) continue;
    const results = transformed(group, transformation);
    const text = lines ? results.map((r) => `${JSON.stringify(r)}\n`).join('') : JSON.stringify(results);
    const key = `${folder}${status}_0.${lines ? 'jsonl' : 'json'}`;
    await storage.write({ bucket, key }, text, lines ? 'application/x-ndjson' : 'application/json');
    files[status] = [{ Key: key, Size: Buffer.byteLength(text) }];
  }
  const manifest = { DestinationBucket: bucket, MapRunArn: order.arn, ResultFiles: files };
  const key = `${folder}manifest.json`;
  await storage.write({ bucket, key }, JSON.stringify(manifest), 'application/json');
  return { MapRunArn: order.arn, ResultWriterDetails: { Bucket: bucket, Key: key } };
};
