/** Whether a mocked result is what the service could have answered, in AWS's words. */
import { isObject, type Json } from '../../../asl/json.ts';
import { readResource } from '../../../asl/resource.ts';
import { AwsError } from '../../../operation.ts';
import { modelOf, type ServiceModel } from './models.ts';

export type Mode = 'STRICT' | 'PRESENT' | 'NONE';

const invalid = (what: string) => new AwsError('ValidationException', `Mock result schema validation error: ${what}`);

/** Members an optimized integration turns from text into JSON, by `service:action`. */
const free: Readonly<Record<string, readonly string[]>> = {
  'lambda:invoke': ['Payload'],
  'apigateway:invoke': ['ResponseBody'],
  'bedrock:invokeModel': ['Body'],
  'states:startExecution.sync:2': ['Input', 'Output'],
};

/** What a task that waits for its work to end finally shows, by `service:action`. */
const polled: Readonly<Record<string, string>> = {
  'states:startExecution': 'DescribeExecution',
  'sagemaker:createTrainingJob': 'DescribeTrainingJob',
  'sagemaker:createProcessingJob': 'DescribeProcessingJob',
  'sagemaker:createTransformJob': 'DescribeTransformJob',
  'sagemaker:createHyperParameterTuningJob': 'DescribeHyperParameterTuningJob',
  'athena:startQueryExecution': 'GetQueryExecution',
};

const types = { string: 'a string', number: 'a number', boolean: 'a boolean' } as const;

const checkSimple = (field: string, value: Json, shape: string) => {
  const [type = '', lengths = ''] = shape.split(' ');
  if (type === 'any') return;
  if (typeof value !== type) throw invalid(`Field '${field}' must be ${types[type as keyof typeof types]}`);
  const [min = '', max = ''] = lengths.split('..');
  if (typeof value !== 'string' || lengths === '') return;
  if (min !== '' && value.length < Number(min)) throw invalid(`Field '${field}' is smaller than the minimum length`);
  if (max !== '' && value.length > Number(max)) throw invalid(`Field '${field}' is larger than the maximum length`);
};

/** Throws ValidationException for the first field that does not conform. */
const check = (
  model: ServiceModel,
  mode: Mode,
  field: string,
  value: Json,
  ref: string,
  unchecked: readonly string[],
): void => {
  if (!ref.startsWith('#')) return checkSimple(field, value, ref);
  const shape = model.shapes[ref.slice(1)];
  if (Array.isArray(shape)) {
    const [kind, inner] = shape as readonly ['list' | 'map', string];
    if (kind === 'list' && !Array.isArray(value)) throw invalid(`Field '${field}' must be an array`);
    if (kind === 'map' && !isObject(value)) throw invalid(`Field '${field}' must be an object`);
    const entries = Array.isArray(value) ? value.map((item) => [field, item] as const) : Object.entries(value ?? {});
    for (const [name, item] of entries) check(model, mode, name, item as Json, inner, unchecked);
    return;
  }
  if (typeof shape !== 'object') return;
  if (!isObject(value))
    throw invalid(field === '' ? 'Mock result must be an object' : `Field '${field}' must be an object`);
  const missing = Object.keys(shape).find((name) => name.endsWith('!') && !Object.hasOwn(value, name.slice(0, -1)));
  if (mode === 'STRICT' && missing !== undefined) throw invalid(`Required field '${missing.slice(0, -1)}' is missing`);
  const members = shape as Readonly<Record<string, string>>;
  for (const [name, inner] of Object.entries(value)) {
    const of = Object.hasOwn(members, name) ? members[name] : members[`${name}!`];
    if (of !== undefined && !unchecked.includes(name)) check(model, mode, name, inner, of, unchecked);
  }
};

/**
 * Checks a mocked result against what the operation behind a Resource answers. Results whose form is the machine's own
 * (functions, activities, task tokens) and services without a model at hand are not checked. Throws ValidationException.
 */
export const checkMockedResult = async (arn: string, result: Json, mode: Mode): Promise<void> => {
  const resource = readResource(arn);
  if (mode === 'NONE' || resource?.kind !== 'service' || resource.pattern === 'waitForTaskToken') return;
  const service = resource.type.replace('aws-sdk:', '');
  const action = `${service}:${resource.action}`;
  const operation =
    resource.pattern === 'sync' ? polled[action] : resource.action.charAt(0).toUpperCase() + resource.action.slice(1);
  const model = await modelOf(service);
  const output = operation === undefined ? undefined : model?.operations[operation];
  if (!model || output === undefined) return;
  const unchecked = resource.type.startsWith('aws-sdk:') ? [] : (free[`${service}:${resource.name}`] ?? []);
  check(model, mode, '', result, output, unchecked);
};
