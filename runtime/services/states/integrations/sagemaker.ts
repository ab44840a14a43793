/**
 * `sagemaker:create…` and `updateEndpoint`; `.sync` for training and transform jobs. A job is waited for as AWS does where no
 * event arrives: by describing it, more and more rarely. A task that is asked for again after a crash finds what it had
 * created: which task creates a name is written down before SageMaker is asked.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
 */
import { sleep } from '../../../clock.ts';
import { isObject, shown, type Json, type JsonObject } from '../../../asl/json.ts';
import { AwsError } from '../../../operation.ts';
import { TaskError, withMetadata, type Integration, type TaskCall } from './integration.ts';
import { optimizedError } from './serviceErrors.ts';
import { isTimeName } from './times.ts';

/** The members that hold the name and the ARN, and what tells more of it. */
interface Creation {
  name: string;
  arn: string;
  describe: string;
}

interface Job extends Creation {
  status: string;
  stop: string;
}

const jobs: Readonly<Record<string, Job>> = {
  createTrainingJob: {
    name: 'TrainingJobName',
    arn: 'TrainingJobArn',
    describe: 'DescribeTrainingJob',
    status: 'TrainingJobStatus',
    stop: 'StopTrainingJob',
  },
  createTransformJob: {
    name: 'TransformJobName',
    arn: 'TransformJobArn',
    describe: 'DescribeTransformJob',
    status: 'TransformJobStatus',
    stop: 'StopTransformJob',
  },
};

const creations: Readonly<Record<string, Creation>> = {
  ...jobs,
  createEndpoint: { name: 'EndpointName', arn: 'EndpointArn', describe: 'DescribeEndpoint' },
  createEndpointConfig: {
    name: 'EndpointConfigName',
    arn: 'EndpointConfigArn',
    describe: 'DescribeEndpointConfig',
  },
  createModel: { name: 'ModelName', arn: 'ModelArn', describe: 'DescribeModel' },
};

/** The mark of what a machine started. */
const managed = { Key: 'MANAGED_BY_AWS', Value: 'STARTED_BY_STEP_FUNCTIONS' };

const tagged = (input: JsonObject): JsonObject => ({
  ...input,
  Tags: [...(Array.isArray(input['Tags']) ? input['Tags'] : []), managed],
});

const service = { kind: 'service', arn: 'states.amazonaws.com', service: 'states' } as const;

/** What has this name already; undefined when nothing has. */
const existing = async ({ world }: TaskCall, { name, describe }: Creation, value: string) => {
  try {
    return (await world.call(service, 'sagemaker', describe, { [name]: value })) as JsonObject;
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
};

const create = async (call: TaskCall, operation: string, kind: Creation): Promise<JsonObject> => {
  const { world, state, principal, input, execution, task } = call;
  const ask = async () => (await world.call(principal, 'sagemaker', operation, input)) as JsonObject;
  const name = input[kind.name];
  if (typeof name !== 'string') return ask();
  const claims = world.store.table<string>('states.creations');
  const key = `${kind.arn} ${name}`;
  const mine = `${execution.identity.arn} ${task.id}`;
  const found = await existing(call, kind, name);
  if (found && claims.get(key) === mine) return { [kind.arn]: found[kind.arn] ?? null };
  if (found) return ask();
  claims.set(key, mine);
  state.onClosed(execution.identity.arn, () => {
    if (claims.get(key) === mine) claims.delete(key);
  });
  await world.store.flushed();
  return ask();
};

/** Calls SageMaker and answers with its own members. */
export const sagemaker: Integration = async (call) => {
  const { world, principal, input, resource } = call;
  const operation = resource.action.charAt(0).toUpperCase() + resource.action.slice(1);
  const kind = creations[resource.action];
  const asked = Object.hasOwn(jobs, resource.action) ? { ...call, input: tagged(input) } : call;
  const answer = kind
    ? await create(asked, operation, kind)
    : ((await world.call(principal, 'sagemaker', operation, input)) as JsonObject);
  return withMetadata(world, answer);
};

/** What the integration can call. */
export const sagemakerActions = [...Object.keys(creations), 'updateEndpoint'];

/** Actions that can be waited for with `.sync`. */
export const sagemakerJobs = Object.keys(jobs);

/** Times as version 1 of the AWS SDK for Java writes them: epoch milliseconds. */
const inMillis = (value: Json, name = ''): Json => {
  if (typeof value === 'number') return isTimeName(name) ? Math.round(value * 1000) : value;
  if (Array.isArray(value)) return value.map((item) => inMillis(item, name));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inMillis(inner, key)]));
};

const firstWait = 250;
const longestWait = 10_000;
const ends = new Set(['Completed', 'Failed', 'Stopped']);

/** Creates the job unless that was done before a restart, then waits for it; a task that is given up stops its job. */
export const jobSync = async (call: TaskCall): Promise<Json | undefined> => {
  const { world, state, principal, input, resource, task, execution, signal } = call;
  const job = jobs[resource.action];
  if (!job) throw new TaskError('States.Runtime', `The resource ${resource.arn} cannot be waited for`);
  if (task.submitted === undefined) call.tell({ kind: 'submitted', output: await sagemaker(call) });
  const it = { [job.name]: input[job.name] };
  for (let wait = firstWait; ; wait = Math.min(wait * 1.5, longestWait)) {
    await sleep(world.clock, wait, signal).catch(() => undefined);
    if (signal.aborted) {
      await world
        .call(principal, 'sagemaker', job.stop, it)
        .catch((error: unknown) => world.log('warn', 'a job could not be stopped', { ...it, error: String(error) }));
      return undefined;
    }
    // The runtime is closing: the job is found again by whoever resumes the execution.
    if (!state.engine.get(execution.identity.arn)) return undefined;
    const answer = await described(call, job.describe, it);
    const status = shown(answer[job.status]);
    if (!ends.has(status)) continue;
    const told = inMillis(answer);
    if (status === 'Completed') return told;
    throw new TaskError('States.TaskFailed', JSON.stringify(told));
  }
};

/** The job was submitted, so what goes wrong now is a failure of the task, not of its submission. */
const described = async ({ world, principal }: TaskCall, operation: string, it: JsonObject | object) => {
  try {
    return (await world.call(principal, 'sagemaker', operation, it)) as JsonObject;
  } catch (error) {
    throw error instanceof AwsError ? optimizedError('sagemaker', error, world.ids.uuid()) : error;
  }
};
