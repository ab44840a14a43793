/** Reads what the product keeps of each pipeline, through the services' own operations. */
import { createHash } from 'node:crypto';
import type { Runtime } from '../../runtime/index.ts';
import type { Service } from '../../runtime/operation.ts';
import type { SnsState } from '../../runtime/services/sns/topic.ts';
import { endpointName, keys, modelPackageGroupName } from '../../spec/names.ts';
import type { Product } from './order.ts';
import type { Caller } from './reporting.ts';

interface Item {
  pk: { S: string };
  sk: { S: string };
  [attribute: string]: unknown;
}

/** When something happened differs between runs, and a token may outlive its wait: the names of jobs are never used again. */
const untold = new Set(['pk', 'sk', 'listed', 'startedAt', 'endedAt', 'tellingUntil']);
const told = (item: Item) => Object.fromEntries(Object.entries(item).filter(([name]) => !untold.has(name)));

const jobsOf = async (call: Caller, kind: 'Training' | 'Transform', pipeline: string) => {
  const { [`${kind}JobSummaries`]: jobs = [] } = await call<Record<string, Record<string, string>[]>>(
    'sagemaker',
    `List${kind}Jobs`,
    { NameContains: `${pipeline}-`, MaxResults: 100 },
  );
  return jobs.map((it) => `${kind} ${it[`${kind}JobName`]} ${it[`${kind}JobStatus`]}`).toSorted();
};

const namesOf = async (call: Caller, operation: string, list: string, name: string, of: object) => {
  const { [list]: found = [] } = await call<Record<string, Record<string, string>[]>>('sagemaker', operation, of);
  return found.map((it) => `${it[name]} ${it['EndpointStatus'] ?? it['ModelApprovalStatus'] ?? ''}`).toSorted();
};

const packagesOf = (call: Caller, pipeline: string) =>
  namesOf(call, 'ListModelPackages', 'ModelPackageSummaryList', 'ModelPackageArn', {
    ModelPackageGroupName: modelPackageGroupName('sluice-dev', pipeline),
    MaxResults: 100,
  }).catch((error: unknown) => [`none: ${(error as Error).name}`]);

const digestOf = async (call: Caller, bucket: string, key: string) => {
  try {
    const { Body } = await call<{ Body: AsyncIterable<Uint8Array> }>('s3', 'GetObject', { Bucket: bucket, Key: key });
    const hash = createHash('sha256');
    for await (const chunk of Body) hash.update(chunk);
    return hash.digest('hex');
  } catch (error) {
    if ((error as { code?: string }).code === 'NoSuchKey') return null;
    throw error;
  }
};

const itemsOf = async (call: Caller, table: string) => {
  const items: Item[] = [];
  let from: unknown;
  do {
    const page = await call<{ Items: Item[]; LastEvaluatedKey?: unknown }>('dynamodb', 'Scan', {
      TableName: table,
      ...(from !== undefined && { ExclusiveStartKey: from }),
    });
    items.push(...page.Items);
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return items;
};

const messagesIn = (runtime: Runtime) => {
  const { messages } = (runtime.services.get('sns') as Service<SnsState>).state;
  return [...messages.values()].map(({ Subject, Messages }) => `${Subject} ${Messages['default']}`);
};

/** What became of pipelines. */
export const productsOf = async (
  call: Caller,
  runtime: Runtime,
  { bucket, table }: { bucket: string; table: string },
  pipelines: readonly string[],
): Promise<Record<string, Product>> => {
  const items = await itemsOf(call, table);
  const messages = messagesIn(runtime);
  const products: Record<string, Product> = {};
  for (const pipeline of pipelines) {
    const runs = items.filter(({ pk }) => pk.S.startsWith(`run#${pipeline}-`));
    const kept = (sk: string) => items.find((it) => it.pk.S === `pipeline#${pipeline}` && it.sk.S === sk);
    const [champion, lock] = ['champion', 'lock'].map(kept);
    const heard = messages.filter((text) => text.includes(`${pipeline}-`));
    const of = { NameContains: pipeline, MaxResults: 100 };
    products[pipeline] = {
      runs: runs.map(told),
      champion: champion ? told(champion) : null,
      lock: lock ? told(lock) : null,
      jobs: [...(await jobsOf(call, 'Training', pipeline)), ...(await jobsOf(call, 'Transform', pipeline))],
      models: await namesOf(call, 'ListModels', 'Models', 'ModelName', of),
      packages: await packagesOf(call, pipeline),
      endpoints: [
        ...(await namesOf(call, 'ListEndpoints', 'Endpoints', 'EndpointName', of)),
        ...(await namesOf(call, 'ListEndpointConfigs', 'EndpointConfigs', 'EndpointConfigName', of)),
        ...(await configOf(call, pipeline)),
      ],
      predictions: await digestOf(call, bucket, keys.predictions(runs[0]?.pk.S.slice('run#'.length) ?? '')),
      messages: [...new Set(heard)],
      toldAgain: heard.length - new Set(heard).size,
    };
  }
  return products;
};

const configOf = async (call: Caller, pipeline: string) => {
  try {
    const { EndpointConfigName } = await call<{ EndpointConfigName: string }>('sagemaker', 'DescribeEndpoint', {
      EndpointName: endpointName('sluice-dev', pipeline),
    });
    return [`serves ${EndpointConfigName}`];
  } catch (error) {
    if ((error as { code?: string }).code === 'ValidationException') return [];
    throw error;
  }
};
