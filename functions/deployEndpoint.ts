/**
 * Points the pipeline's endpoint at a configuration: `update` at the winner's, `rollback` at the champion's (or away with an
 * endpoint that never served). Only the run that holds the pipeline's lock gets here.
 */
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  DeleteEndpointCommand,
  DescribeEndpointCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import * as z from 'zod';
import { endpointConfigName, endpointName, modelName } from '../spec/names.ts';
import { runId, type Plan } from '../spec/run.ts';
import { isAws } from './lib/awsErrors.ts';
import { sagemaker } from './lib/clients.ts';
import { define } from './lib/define.ts';
import { lock } from './lib/ledger.ts';
import { readPlan, tagsOf } from './lib/run.ts';

export const handler = define({
  input: z.discriminatedUnion('action', [
    z.strictObject({ action: z.literal('update'), runId, winner: z.int().min(0) }),
    z.strictObject({ action: z.literal('rollback'), runId }),
  ]),
  async run(input) {
    const plan = await readPlan(input.runId);
    const name = endpointName(plan.pipeline.name);
    await lock(plan.pipeline.name, plan.runId);
    if (input.action === 'rollback') return rollback(plan, name);
    await createConfig(plan, input.winner);
    const config = endpointConfigName(plan.runId);
    await point(plan, name, config);
    return { name, expected: config };
  },
});

const current = async (name: string) => {
  try {
    return await sagemaker().send(new DescribeEndpointCommand({ EndpointName: name }));
  } catch (error) {
    if (isAws(error, ['ValidationException'], /could not find/i)) return undefined;
    throw error;
  }
};

/** Creates or updates the endpoint unless it is at that configuration, or on its way there, already. */
const point = async (plan: Plan, name: string, config: string) => {
  const endpoint = await current(name);
  if (endpoint?.EndpointConfigName === config && endpoint.EndpointStatus !== 'Failed') return;
  const target = { EndpointName: name, EndpointConfigName: config };
  if (!endpoint) {
    await sagemaker().send(new CreateEndpointCommand({ ...target, Tags: tagsOf(plan.runId, plan.pipeline.name) }));
    return;
  }
  try {
    await sagemaker().send(new UpdateEndpointCommand(target));
  } catch (error) {
    // SageMaker tells the target of an update only when it is done: an update under way is awaited and judged by its end.
    if (!isAws(error, ['ValidationException'], /cannot update in-progress endpoint/i)) throw error;
  }
};

const createConfig = async ({ runId, pipeline }: Plan, winner: number) => {
  const { type, count } = pipeline.deploy.instance;
  try {
    await sagemaker().send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: endpointConfigName(runId),
        ProductionVariants: [
          {
            VariantName: 'AllTraffic',
            ModelName: modelName(runId, winner),
            InstanceType: type as 'ml.m5.large',
            InitialInstanceCount: count,
            InitialVariantWeight: 1,
          },
        ],
        Tags: tagsOf(runId, pipeline.name),
      }),
    );
  } catch (error) {
    if (!isAws(error, ['ValidationException'], /already exist/i)) throw error;
  }
};

const rollback = async (plan: Plan, name: string) => {
  const config = plan.champion?.endpointConfigName;
  if (config) {
    await point(plan, name, config);
    return { name, expected: config };
  }
  const endpoint = await current(name);
  if (endpoint && endpoint.EndpointStatus !== 'Deleting')
    await sagemaker().send(new DeleteEndpointCommand({ EndpointName: name }));
  return { name, expected: null };
};
