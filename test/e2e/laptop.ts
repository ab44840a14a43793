/** A whole Sluice on this machine for an end-to-end test: the packaged template in an embedded AWS with its own data folder. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { openApi, type Api, type RunView } from '../../cli/api.ts';
import { clientsOf, type Clients } from '../../cli/clients.ts';
import { connectTo, type Connection } from '../../cli/connection.ts';
import { dropFile, writePipelineFile } from '../../cli/dropFile.ts';
import { openEmbedded, type Embedded, type EmbeddedOptions } from '../../cli/embedded.ts';
import { executionArn, keys } from '../../spec/names.ts';
import { watchSageMaker, type SageMakerRequests } from '../fixtures/apiConstraints.ts';
import { isPending } from '../../spec/run.ts';
import { watchAnswers } from '../fixtures/apiContract.ts';

export interface Laptop {
  embedded: Embedded;
  connection: Connection;
  api: Api;
  clients: Clients;
  dataDir: string;
  requests: SageMakerRequests;
  /** Puts pipelines/<name>.yaml into the bucket. */
  apply(name: string, text: string): Promise<void>;
  /** Drops a file of this content and waits for the end of its run. */
  drop(pipeline: string, content: string | Uint8Array, fileName?: string): Promise<RunView>;
  /** Drops a file and returns at once. */
  start(pipeline: string, content: string | Uint8Array, fileName?: string): Promise<string>;
  ended(runId: string): Promise<RunView>;
  /** Throws when SageMaker got a request that its API does not allow. */
  close(): Promise<void>;
}

export const sharedData = resolve('..', 'shared', 'data');

/** Packaging takes seconds, so every laptop starts with the package that the test run has made (scripts/testSetup.mjs). */
export const givePackage = (dataDir: string) =>
  cpSync(resolve('.sluice', 'test', 'package'), join(dataDir, 'package'), { recursive: true });

export const openLaptop = async (
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-')),
  options: Partial<EmbeddedOptions> = {},
): Promise<Laptop> => {
  givePackage(dataDir);
  const requests = watchSageMaker();
  const { services = (own) => own } = options;
  const embedded = await openEmbedded({
    dataDir,
    ...options,
    services: (own) => services(own).map((it) => requests.watch(it)),
  });
  const connection = await connectTo(dataDir, embedded);
  const api = openApi(connection);
  const clients = clientsOf(connection);
  const answers = watchAnswers();
  const bucket = connection.outputs['DataBucketName'] ?? '';
  const start: Laptop['start'] = async (pipeline, content, fileName = 'data.csv') => {
    const file = join(dataDir, fileName);
    writeFileSync(file, content);
    return (await dropFile(clients, bucket, pipeline, file)).runId;
  };
  const ended = (runId: string) => outcomeOf({ api, clients, connection }, runId);
  return {
    embedded,
    connection,
    api,
    clients,
    dataDir,
    requests,
    apply: (name, text) => writePipelineFile(clients, bucket, keys.pipeline(name), text),
    start,
    ended,
    drop: async (...given) => ended(await start(...given)),
    async close() {
      answers.end();
      await embedded.close();
      rmSync(dataDir, { recursive: true, force: true });
      // Whatever a test asks for: the API answers as docs/openapi.json says.
      if (answers.breaches.length > 0) throw new Error([...new Set(answers.breaches)].join('\n'));
      if (requests.violations.size > 0)
        throw new Error(`SageMaker would have refused requests:\n${[...requests.violations].join('\n')}`);
    },
  };
};

/** Waits until a run has told its outcome and its execution has ended; throws after two minutes. */
export const outcomeOf = async (
  { api, clients, connection }: Pick<Laptop, 'api' | 'clients' | 'connection'>,
  runId: string,
): Promise<RunView> => {
  const machineOf = ({ kind }: RunView) => connection.outputs[kind === 'score' ? 'ScoreMachineArn' : 'TrainMachineArn'];
  const statusOf = async (executionArn: string) =>
    (await clients.sfn.send(new DescribeExecutionCommand({ executionArn })).catch(() => undefined))?.status;
  let arn: string | undefined;
  for (let tries = 0; tries < 1200; tries++) {
    // While its execution goes on the run is not asked for: that calls a function, which ten times a second is a load.
    const running = arn !== undefined && (await statusOf(arn)) === 'RUNNING';
    const view = running ? undefined : await api.getRun(runId).catch(() => undefined);
    if (view?.outcome === 'SKIPPED') return view;
    arn ??= view && executionArn(machineOf(view) ?? '', runId);
    const status = view && arn && !isPending(view.outcome) ? await statusOf(arn) : undefined;
    if (view && status && status !== 'RUNNING') return view;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`The run ${runId} has not ended within two minutes.`);
};
