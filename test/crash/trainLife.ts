/** One life of the whole product: the packaged template, real functions, real training jobs. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientsOf } from '../../cli/clients.ts';
import { connectTo } from '../../cli/connection.ts';
import { dropFile, writePipelineFile } from '../../cli/dropFile.ts';
import { openEmbedded } from '../../cli/embedded.ts';
import { keys } from '../../spec/names.ts';
import type { Order, Report } from './order.ts';
import { caller, executionsOf, reported } from './reporting.ts';

const rows = Array.from(
  { length: 200 },
  (_, i) => `${((i * 37) % 200) / 8},${(3 * ((i * 37) % 200)) / 8 + (i % 5) / 4}`,
);

/** Runs until every run that was begun has ended; `arm` is called when the files are dropped. */
export const liveTrain = async ({ dataDir, begin }: Order, arm: () => void): Promise<Report> => {
  const embedded = await openEmbedded({ dataDir });
  const connection = await connectTo(dataDir, embedded);
  const clients = clientsOf(connection);
  const call = caller(embedded.runtime.world);
  const bucket = connection.outputs['DataBucketName'] ?? '';
  mkdirSync(join(dataDir, 'begun'), { recursive: true });
  const file = join(dataDir, 'line.csv');
  writeFileSync(file, `x,y\n${rows.join('\n')}\n`);
  for (const name of begin) {
    const mark = join(dataDir, 'begun', name);
    if (existsSync(mark)) continue;
    await writePipelineFile(
      clients,
      bucket,
      keys.pipeline(name),
      `name: ${name}\ngate: { rules: [{ metric: rmse, max: 50 }] }\n`,
    );
    await dropFile(clients, bucket, name, file);
    writeFileSync(mark, '');
  }
  arm();
  const train = connection.outputs['TrainMachineArn'] ?? '';
  const candidate = train.replace(/train$/, 'candidate');
  for (;;) {
    const runs = await executionsOf(call, train);
    if (runs.length >= begin.length && runs.every(({ status }) => status !== 'RUNNING')) break;
    await new Promise((wake) => setTimeout(wake, 20));
  }
  const { TrainingJobSummaries: jobs } = await call<{ TrainingJobSummaries: { TrainingJobName: string }[] }>(
    'sagemaker',
    'ListTrainingJobs',
    { MaxResults: 100 },
  );
  const executions = await reported(call, [train, candidate]);
  await embedded.close();
  return { executions, jobs: jobs.map(({ TrainingJobName }) => TrainingJobName) };
};
