import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hosting } from '../../../fixtures/hosting.ts';
import { meanModel } from '../../../fixtures/modelArchives.ts';
import { openSageMakerWorld, roleArn, trainingRequest, type SageMakerWorld } from '../../../fixtures/sagemakerWorld.ts';

let world: SageMakerWorld;

const root = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' } as const;
const caller = {
  kind: 'role',
  roleArn: 'arn:aws:iam::000000000000:role/submit',
  sessionName: 'submit',
  arn: 'arn:aws:sts::000000000000:assumed-role/submit/submit',
} as const;
const base = 'arn:aws:sagemaker:eu-west-1:000000000000';

const allow = (Statement: object[]) =>
  world.runtime.world.call(root, 'iam', 'PutRolePolicy', {
    RoleName: 'submit',
    PolicyName: 'all',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
  });
const call = (operation: string, input: object) => world.runtime.world.call(caller, 'sagemaker', operation, input);
const statement = (Action: string, Resource: string, more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});

beforeAll(async () => {
  world = await openSageMakerWorld();
  await world.put('train/a.csv', '1\n');
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  await world.runtime.world.call(root, 'iam', 'CreateRole', {
    RoleName: 'submit',
    AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
  });
});
afterAll(() => world.close());

describe('whoever creates a training job', () => {
  const input = { ...trainingRequest('permitted'), Tags: [{ Key: 'run', Value: '1' }] };
  const create = statement('sagemaker:CreateTrainingJob', `${base}:training-job/perm*`);
  const passing = { Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } } };

  test('needs the action on the job, tagging, and passing the role to SageMaker', async () => {
    const grants = [[], [create], [create, statement('sagemaker:AddTags', `${base}:training-job/*`)]];
    const missing = ['sagemaker:CreateTrainingJob', 'sagemaker:AddTags', 'iam:PassRole'];
    for (const [i, statements] of grants.entries()) {
      await allow(statements.length ? statements : [statement('sagemaker:ListModels', '*')]);
      await expect(call('CreateTrainingJob', input)).rejects.toMatchObject({
        code: 'AccessDeniedException',
        message: expect.stringContaining(`is not authorized to perform: ${missing[i]} on resource`),
      });
    }
    await allow([...(grants[2] ?? []), statement('iam:PassRole', roleArn, passing)]);
    await expect(call('CreateTrainingJob', input)).resolves.toMatchObject({
      TrainingJobArn: `${base}:training-job/permitted`,
    });
  });
});

test('invoking needs the action on the endpoint', async () => {
  const host = hosting(world);
  await host.model('two', await meanModel(2));
  await host.config('two', { two: 1 });
  await host.endpoint('two', 'two');
  const invoke = () =>
    call('InvokeEndpoint', { EndpointName: 'two', Body: Buffer.from('1\n'), ContentType: 'text/csv' });
  await expect(invoke()).rejects.toMatchObject({ code: 'AccessDeniedException' });
  await allow([statement('sagemaker:InvokeEndpoint', `${base}:endpoint/two`)]);
  await expect(invoke()).resolves.toMatchObject({ InvokedProductionVariant: 'two', ContentType: 'text/csv' });
});
