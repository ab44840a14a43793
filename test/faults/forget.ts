/**
 * Takes a cell that is over out of the world: the reaper looks at every pipeline that the ledger knows, schedules tick on and
 * endpoints keep their containers, so that a thousand cells which stayed would slow each other down.
 */
import { endpointName } from '../../spec/names.ts';
import { itemsOf } from './invariants.ts';
import type { Stage } from './stage.ts';
import { openExecutions } from './settled.ts';

export const forget = async (stage: Stage) => {
  const { world, pipeline } = stage;
  const { call, connection } = world;
  // What is left where something is wrong.
  for (const { identity } of openExecutions(stage))
    await call('states', 'StopExecution', { executionArn: identity.arn });
  const listed = { NamePrefix: pipeline };
  const { Schedules } = await call<{ Schedules: Scheduled[] }>('scheduler', 'ListSchedules', listed);
  for (const { Name, GroupName } of Schedules) await call('scheduler', 'DeleteSchedule', { Name, GroupName });
  const EndpointName = endpointName('sluice-dev', pipeline);
  if (world.jobs.endpoints.get(EndpointName)?.EndpointStatus === 'InService')
    await call('sagemaker', 'DeleteEndpoint', { EndpointName });
  for (const { pk, sk } of await itemsOf(stage))
    await call('dynamodb', 'DeleteItem', { TableName: connection.outputs['LedgerName'], Key: { pk, sk } });
};

interface Scheduled {
  Name: string;
  GroupName: string;
}
