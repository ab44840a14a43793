// Makes runtime/services/states/testState/models and integrations/sdkNames.json from API models: node scripts/serviceModels.mjs <botocore's data folder>
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const [source] = process.argv.slice(2);
if (source === undefined) throw new Error('Name the folder that holds <service>/<version>/service-2.json.gz');
const models = 'runtime/services/states/testState/models';

/** Folders there that Step Functions calls by another name. */
const folders = {
  sfn: 'stepfunctions',
  eventbridge: 'events',
  cloudwatchlogs: 'logs',
  sagemakerruntime: 'sagemaker-runtime',
  bedrockruntime: 'bedrock-runtime',
};

const simple = {
  string: 'string',
  character: 'string',
  timestamp: 'string',
  blob: 'string',
  integer: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  boolean: 'boolean',
};

const modelOf = (folder) => {
  const version = readdirSync(join(source, folder)).toSorted().at(-1);
  return JSON.parse(gunzipSync(readFileSync(join(source, folder, version, 'service-2.json.gz'))).toString());
};

const lengthsOf = ({ type, min, max, enum: values }) =>
  (type === 'string' || type === 'blob') && !values && (min ?? max) !== undefined ? ` ${min ?? ''}..${max ?? ''}` : '';

/** A reference to a shape; shapes it needs are written down on the way. */
const refer = (known, shapes, name) => {
  const shape = known[name];
  if (Object.hasOwn(simple, shape.type)) return simple[shape.type] + lengthsOf(shape);
  if (shape.type === 'structure' && (shape.document || shape.eventstream)) return 'any';
  if (!Object.hasOwn(shapes, name)) {
    shapes[name] = null;
    shapes[name] = compound(known, shapes, shape);
  }
  return `#${name}`;
};

const compound = (known, shapes, { type, member, value, members = {}, required = [] }) => {
  if (type === 'list') return ['list', refer(known, shapes, member.shape)];
  if (type === 'map') return ['map', refer(known, shapes, value.shape)];
  return Object.fromEntries(
    Object.entries(members).map(([name, { shape }]) => [
      name.charAt(0).toUpperCase() + name.slice(1) + (required.includes(name) ? '!' : ''),
      refer(known, shapes, shape),
    ]),
  );
};

for (const file of readdirSync(models)) {
  const service = basename(file, '.json');
  const { operations, shapes: known } = modelOf(folders[service] ?? service);
  const shapes = {};
  const outputs = Object.keys(operations)
    .toSorted()
    .filter((name) => operations[name].output)
    .map((name) => [name, refer(known, shapes, operations[name].output.shape)]);
  writeFileSync(join(models, file), `${JSON.stringify({ operations: Object.fromEntries(outputs), shapes })}\n`);
}

/** Every service by the name of its SDK package; of those above also their operations. */
const services = readdirSync(source, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => {
    try {
      return [
        modelOf(name)
          .metadata.serviceId.toLowerCase()
          .replaceAll(/[^a-z0-9]/g, ''),
      ];
    } catch {
      return [];
    }
  });
const operations = readdirSync(models).map((file) => {
  const service = basename(file, '.json');
  return [service, Object.keys(modelOf(folders[service] ?? service).operations).toSorted()];
});
writeFileSync(
  'runtime/services/states/integrations/sdkNames.json',
  `${JSON.stringify({ services: [...new Set(services)].toSorted((a, b) => a.localeCompare(b)), operations: Object.fromEntries(operations) })}\n`,
);
