/** Step Functions: the API in front of the engine in runtime/asl. */
import type { Service, ServiceFactory } from '../../operation.ts';
import { createStateMachine } from './createStateMachine.ts';
import { deleteStateMachine } from './deleteStateMachine.ts';
import { describeExecution } from './describeExecution.ts';
import { describeMapRun } from './describeMapRun.ts';
import { describeStateMachine } from './describeStateMachine.ts';
import { describeStateMachineForExecution } from './describeStateMachineForExecution.ts';
import { getExecutionHistory } from './getExecutionHistory.ts';
import { listExecutions } from './listExecutions.ts';
import { listMapRuns } from './listMapRuns.ts';
import { listStateMachines } from './listStateMachines.ts';
import { listTagsForResource } from './listTagsForResource.ts';
import { redriveExecution } from './redriveExecution.ts';
import { sendTaskFailure } from './sendTaskFailure.ts';
import { sendTaskHeartbeat } from './sendTaskHeartbeat.ts';
import { sendTaskSuccess } from './sendTaskSuccess.ts';
import { startExecution } from './startExecution.ts';
import { startSyncExecution } from './startSyncExecution.ts';
import { openStates, type StatesState } from './statesState.ts';
import { deleteStateMachineAlias } from './deleteStateMachineAlias.ts';
import { deleteStateMachineVersion } from './deleteStateMachineVersion.ts';
import { publishStateMachineVersion } from './publishStateMachineVersion.ts';
import { updateStateMachineAlias } from './updateStateMachineAlias.ts';
import { listStateMachineVersions } from './listStateMachineVersions.ts';
import { listStateMachineAliases } from './listStateMachineAliases.ts';
import { describeStateMachineAlias } from './describeStateMachineAlias.ts';
import { createStateMachineAlias } from './createStateMachineAlias.ts';
import { stopExecution } from './stopExecution.ts';
import { tagResource } from './tagResource.ts';
import { testState } from './testState.ts';
import { untagResource } from './untagResource.ts';
import { updateMapRun } from './updateMapRun.ts';
import { updateStateMachine } from './updateStateMachine.ts';
import { validateStateMachineDefinition } from './validateStateMachineDefinition.ts';

const operations = {
  CreateStateMachine: createStateMachine,
  CreateStateMachineAlias: createStateMachineAlias,
  DeleteStateMachine: deleteStateMachine,
  DeleteStateMachineAlias: deleteStateMachineAlias,
  DeleteStateMachineVersion: deleteStateMachineVersion,
  DescribeExecution: describeExecution,
  DescribeMapRun: describeMapRun,
  DescribeStateMachine: describeStateMachine,
  DescribeStateMachineAlias: describeStateMachineAlias,
  DescribeStateMachineForExecution: describeStateMachineForExecution,
  GetExecutionHistory: getExecutionHistory,
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
