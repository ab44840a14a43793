/** Step Functions: the API in front of the engine in runtime/asl. */
import type { Service, ServiceFactory } from '../../operation.ts';
import { createActivity } from './createActivity.ts';
import { createStateMachine } from './createStateMachine.ts';
import { createStateMachineAlias } from './createStateMachineAlias.ts';
import { deleteActivity } from './deleteActivity.ts';
import { deleteStateMachine } from './deleteStateMachine.ts';
import { deleteStateMachineAlias } from './deleteStateMachineAlias.ts';
import { deleteStateMachineVersion } from './deleteStateMachineVersion.ts';
import { describeActivity } from './describeActivity.ts';
import { describeExecution } from './describeExecution.ts';
import { describeMapRun } from './describeMapRun.ts';
import { describeStateMachine } from './describeStateMachine.ts';
import { describeStateMachineAlias } from './describeStateMachineAlias.ts';
import { describeStateMachineForExecution } from './describeStateMachineForExecution.ts';
import { getActivityTask } from './getActivityTask.ts';
import { getExecutionHistory } from './getExecutionHistory.ts';
import { listActivities } from './listActivities.ts';
import { listExecutions } from './listExecutions.ts';
import { listMapRuns } from './listMapRuns.ts';
import { listStateMachineAliases } from './listStateMachineAliases.ts';
import { listStateMachineVersions } from './listStateMachineVersions.ts';
import { listStateMachines } from './listStateMachines.ts';
import { listTagsForResource } from './listTagsForResource.ts';
import { publishStateMachineVersion } from './publishStateMachineVersion.ts';
import { redriveExecution } from './redriveExecution.ts';
import { sendTaskFailure } from './sendTaskFailure.ts';
import { sendTaskHeartbeat } from './sendTaskHeartbeat.ts';
import { sendTaskSuccess } from './sendTaskSuccess.ts';
import { startExecution } from './startExecution.ts';
import { startSyncExecution } from './startSyncExecution.ts';
import { openStates, type StatesState } from './statesState.ts';
import { stopExecution } from './stopExecution.ts';
import { tagResource } from './tagResource.ts';
import { testState } from './testState.ts';
import { untagResource } from './untagResource.ts';
import { updateMapRun } from './updateMapRun.ts';
import { updateStateMachine } from './updateStateMachine.ts';
import { updateStateMachineAlias } from './updateStateMachineAlias.ts';
import { validateStateMachineDefinition } from './validateStateMachineDefinition.ts';

const operations = {
  CreateActivity: createActivity,
  CreateStateMachine: createStateMachine,
  CreateStateMachineAlias: createStateMachineAlias,
  DeleteActivity: deleteActivity,
  DeleteStateMachine: deleteStateMachine,
  DeleteStateMachineAlias: deleteStateMachineAlias,
  DeleteStateMachineVersion: deleteStateMachineVersion,
  DescribeActivity: describeActivity,
  DescribeExecution: describeExecution,
  DescribeMapRun: describeMapRun,
  DescribeStateMachine: describeStateMachine,
  DescribeStateMachineAlias: describeStateMachineAlias,
  DescribeStateMachineForExecution: describeStateMachineForExecution,
  GetActivityTask: getActivityTask,
  GetExecutionHistory: getExecutionHistory,
  ListActivities: listActivities,
  ListExecutions: listExecutions,
  ListStateMachineAliases: listStateMachineAliases,
  ListStateMachineVersions: listStateMachineVersions,
  ListMapRuns: listMapRuns,
  ListStateMachines: listStateMachines,
  ListTagsForResource: listTagsForResource,
  PublishStateMachineVersion: publishStateMachineVersion,
  RedriveExecution: redriveExecution,
  SendTaskFailure: sendTaskFailure,
  SendTaskHeartbeat: sendTaskHeartbeat,
  SendTaskSuccess: sendTaskSuccess,
  StartExecution: startExecution,
  StartSyncExecution: startSyncExecution,
  StopExecution: stopExecution,
  TagResource: tagResource,
  TestState: testState,
  UntagResource: untagResource,
  UpdateMapRun: updateMapRun,
  UpdateStateMachine: updateStateMachine,
  UpdateStateMachineAlias: updateStateMachineAlias,
  ValidateStateMachineDefinition: validateStateMachineDefinition,
};

/** The Step Functions of a runtime. */
export const states: ServiceFactory = (world): Service<StatesState> => {
  const state = openStates(world);
  return {
    name: 'states',
    protocol: 'awsJson1.0',
    operations,
    state,
    start: () => state.start(),
    stop: () => state.stop(),
  };
};
