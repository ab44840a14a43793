/**
 * What the services' operations answer, for the check of mocked results: one file per service, made from the API models AWS
 * publishes (botocore's service-2.json, Apache-2.0) by scripts/serviceModels.mjs, members named as machines see them.
 * A shape is `string`, `number`, `boolean` or `any`, with `min..max` of its length; `#Name` refers to another shape, an array
 * is a list or map of another, an object a structure whose required members end in `!`.
 */
export type Shape = string | readonly ['list' | 'map', string] | { readonly [member: string]: string };

export interface ServiceModel {
  operations: Readonly<Record<string, string>>;
  shapes: Readonly<Record<string, Shape>>;
}

const asModel = ({ default: model }: { default: unknown }) => model as ServiceModel;

const models: Readonly<Record<string, () => Promise<ServiceModel>>> = {
  apigateway: async () => asModel(await import('./models/apigateway.json', { with: { type: 'json' } })),
  athena: async () => asModel(await import('./models/athena.json', { with: { type: 'json' } })),
  batch: async () => asModel(await import('./models/batch.json', { with: { type: 'json' } })),
  bedrockruntime: async () => asModel(await import('./models/bedrockruntime.json', { with: { type: 'json' } })),
  cloudwatch: async () => asModel(await import('./models/cloudwatch.json', { with: { type: 'json' } })),
  cloudwatchlogs: async () => asModel(await import('./models/cloudwatchlogs.json', { with: { type: 'json' } })),
  codebuild: async () => asModel(await import('./models/codebuild.json', { with: { type: 'json' } })),
  dynamodb: async () => asModel(await import('./models/dynamodb.json', { with: { type: 'json' } })),
  ecs: async () => asModel(await import('./models/ecs.json', { with: { type: 'json' } })),
  eks: async () => asModel(await import('./models/eks.json', { with: { type: 'json' } })),
  emr: async () => asModel(await import('./models/emr.json', { with: { type: 'json' } })),
  eventbridge: async () => asModel(await import('./models/eventbridge.json', { with: { type: 'json' } })),
  firehose: async () => asModel(await import('./models/firehose.json', { with: { type: 'json' } })),
  glue: async () => asModel(await import('./models/glue.json', { with: { type: 'json' } })),
  iam: async () => asModel(await import('./models/iam.json', { with: { type: 'json' } })),
  kinesis: async () => asModel(await import('./models/kinesis.json', { with: { type: 'json' } })),
  kms: async () => asModel(await import('./models/kms.json', { with: { type: 'json' } })),
  lambda: async () => asModel(await import('./models/lambda.json', { with: { type: 'json' } })),
  s3: async () => asModel(await import('./models/s3.json', { with: { type: 'json' } })),
  sagemaker: async () => asModel(await import('./models/sagemaker.json', { with: { type: 'json' } })),
  sagemakerruntime: async () => asModel(await import('./models/sagemakerruntime.json', { with: { type: 'json' } })),
  scheduler: async () => asModel(await import('./models/scheduler.json', { with: { type: 'json' } })),
  secretsmanager: async () => asModel(await import('./models/secretsmanager.json', { with: { type: 'json' } })),
  sfn: async () => asModel(await import('./models/sfn.json', { with: { type: 'json' } })),
  sns: async () => asModel(await import('./models/sns.json', { with: { type: 'json' } })),
  sqs: async () => asModel(await import('./models/sqs.json', { with: { type: 'json' } })),
  sts: async () => asModel(await import('./models/sts.json', { with: { type: 'json' } })),
};

/** Services that optimized integrations call by another name than the SDK's. */
const aliases: Readonly<Record<string, string>> = { states: 'sfn', events: 'eventbridge', elasticmapreduce: 'emr' };

/** The model of a service by its name in Resource; undefined for those that are not at hand. */
export const modelOf = async (service: string): Promise<ServiceModel | undefined> => {
  const name = aliases[service] ?? service;
  return Object.hasOwn(models, name) ? models[name]?.() : undefined;
};
