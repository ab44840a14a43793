/** What a run that ended amid its deployment has left is taken back by the machine itself. */
import {
  CreateEndpointConfigCommand,
  DescribeEndpointCommand,
  UpdateEndpointCommand,
  waitUntilEndpointInService,
} from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, test } from '@jest/globals';
import { laptop } from './sharedLaptop.ts';

const csv = (y: (i: number, x: number) => number) =>
  [
    'x,y',
    ...Array.from({ length: 300 }, (_, i) => [((i * 37) % 300) / 8, i] as const).map(([x, i]) => `${x},${y(i, x)}`),
  ].join('\n');

test('an endpoint that stands at another run’s configuration goes back to the champion’s', async () => {
  const { sagemaker, sfn } = laptop.clients;
  await laptop.apply('line', 'name: line\ngate: { rules: [{ metric: rmse, max: 50 }] }\ndeploy: { target: endpoint }');
  const champion = await laptop.drop(
    'line',
    csv((i, x) => 3 * x + (i % 5) / 4),
  );
  expect(champion).toMatchObject({ summary: expect.stringMatching('Passed'), outcome: 'DEPLOYED' });
  const other = await laptop.drop(
    'line',
    csv((i) => (i * 7919) % 1000),
  );
  expect(other).toMatchObject({ outcome: 'REFUSED' });

  const EndpointName = 'sluice-dev-line';
  const EndpointConfigName = other.runId;
  const variant = { VariantName: 'AllTraffic', InitialInstanceCount: 1, InstanceType: 'ml.m5.large' as const };
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName,
      ProductionVariants: [{ ...variant, ModelName: `${champion.runId}-c0` }],
    }),
  );
  await sagemaker.send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName }));
  // Asked for while the update is still under way: it has to be waited for.
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({
      stateMachineArn: laptop.connection.outputs['TrainMachineArn']?.replace(/train$/, 'deployEndpoint'),
      input: JSON.stringify({ action: 'rollback', runId: other.runId }),
    }),
  );
  let status: string | undefined = 'RUNNING';
  while (status === 'RUNNING') {
    await new Promise((wake) => setTimeout(wake, 100));
    ({ status } = await sfn.send(new DescribeExecutionCommand({ executionArn })));
  }
  expect(status).toBe('SUCCEEDED');
  await waitUntilEndpointInService({ client: sagemaker, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { EndpointName });
  const endpoint = await sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
  expect(endpoint.EndpointConfigName).toBe(champion.runId);
}, 60_000);
