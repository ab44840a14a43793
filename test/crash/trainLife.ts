/** One life of the whole product: the packaged template, real functions, real training jobs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientsOf } from '../../cli/clients.ts';
import { connectTo } from '../../cli/connection.ts';
import { dropFile, writePipelineFile } from '../../cli/dropFile.ts';
import { openEmbedded } from '../../cli/embedded.ts';
import { AwsError } from '../../runtime/operation.ts';
import { keys } from '../../spec/names.ts';
import type { Order, Report } from './order.ts';
import { caller, executionsOf, reported, type Caller } from './reporting.ts';
import { noted } from './stubs.ts';
import { dropped, fileOf } from './trainPipelines.ts';
import { productsOf } from './trainProducts.ts';

export const machines = ['train', 'candidate', 'deployEndpoint', 'deployBatch'] as const;

/** What has not ended by then is reported as it is. */
const longest = 90_000;

/** Runs until every run that was begun has ended; `arm` is called when the files are dropped. */
export const liveTrain = async ({ dataDir, begin: pipelines, arm: armed }: Order, arm: () => void): Promise<Report> => {
  // Executions are resumed before anything can be dropped.
  if (armed?.point === 'execution.resumed') arm();
  const embedded = await openEmbedded({ dataDir, services: (own) => own.map(noted(dataDir)) });
  const connection = await connectTo(dataDir, embedded);
  const call = caller(embedded.runtime.world);
  const bucket = connection.outputs['DataBucketName'] ?? '';
  const file = join(dataDir, 'line.csv');
  writeFileSync(file, dropped);
  const clients = clientsOf(connection);
  for (const name of pipelines) {
    if (await isDropped(call, bucket, name)) continue;
    await writePipelineFile(clients, bucket, keys.pipeline(name), fileOf(name));
    await dropFile(clients, bucket, name, file);
  }
  if (armed?.point !== 'execution.resumed') arm();
  const train = connection.outputs['TrainMachineArn'] ?? '';
  const arns = machines.map((machine) => train.replace(/train$/, machine));
  const ended = async () => {
    if ((await executionsOf(call, train)).length < pipelines.length) return false;
    const all = (await Promise.all(arns.map((arn) => executionsOf(call, arn)))).flat();
    return all.every(({ status }) => status !== 'RUNNING');
  };
  for (const until = Date.now() + longest; Date.now() < until && !(await ended());)
    await new Promise((wake) => setTimeout(wake, 20));
  const executions = await reported(call, arns);
  const table = connection.outputs['LedgerName'] ?? '';
  const products = await productsOf(call, embedded.runtime, { bucket, table }, pipelines);
  await embedded.close();
  return { executions, products };
};

/** A second drop would be a second run. */
const isDropped = async (call: Caller, bucket: string, pipeline: string) => {
  try {
    await call('s3', 'HeadObject', { Bucket: bucket, Key: `drop/${pipeline}/line.csv` });
    return true;
  } catch (error) {
    if (error instanceof AwsError && error.status === 404) return false;
    throw error;
  }
};
