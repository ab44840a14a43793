import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { Identity } from '../../asl/execution.ts';
import type { Json } from '../../asl/json.ts';
import { reached } from '../../crashPoints.ts';
import { AwsError, operation, type Call } from '../../operation.ts';
import { executionInput } from './executionInput.ts';
import type { Origin, Summary } from './executionLog.ts';
import { arn, checkName, executionArn, seconds } from './names.ts';
import type { StatesState } from './statesState.ts';
import { targetOf } from './versions.ts';

const input = z.strictObject({
  stateMachineArn: arn,
  name: z.string().optional(),
  input: z.string().optional(),
  // Accepted and unused, as on AWS where X-Ray is off.
  traceHeader: z.string().max(256).optional(),
});

/** The same call again: the same name and input while the first still runs. Throws ExecutionAlreadyExists. */
const again = async ({ executions, starting }: StatesState, summary: Summary, given: Json) => {
  await starting.get(summary.identity.arn);
  const { event } = summary.status === 'RUNNING' ? await executions.firstEntry(summary) : {};
  if (event?.kind !== 'started' || !isDeepStrictEqual(event.input, given)) {
    throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${summary.identity.arn}'`);
  }
};

/** Answered when the start would survive a crash. */
export const startExecution = operation({
  input,
  needs: ({ stateMachineArn }) => [{ action: 'states:StartExecution', resource: stateMachineArn }],
  async run({ stateMachineArn, name: asked, input: text = '{}' }, { world, state }: Call<StatesState>) {
    const { machine, revision, versionArn, aliasArn } = targetOf(state, stateMachineArn, () => world.ids.random());
    const given = executionInput(text);
    const name = asked === undefined ? world.ids.uuid() : checkName(asked);
    if (machine.type === 'EXPRESS') {
      // Never the same execution again: names of Express executions are not unique.
      const { identity, startedAt } = await state.express.begin(machine, revision, name, given);
      return { executionArn: identity.arn, startDate: seconds(startedAt) };
    }
    const arn = executionArn(world, machine.name, name);
    const { executions, engine } = state;
    const existing = executions.summaries.get(arn);
    if (existing) {
      await again(state, existing, given);
      await executions.flushed();
      return { executionArn: arn, startDate: seconds(existing.startedAt) };
    }
    const identity: Identity = {
      arn,
      name,
      machineArn: machine.arn,
      machineName: machine.name,
      roleArn: revision.roleArn,
      accountId: world.accountId,
      region: world.region,
      type: machine.type,
    };
    const startedBy = state.claims.get(arn);
    const { definition, revisionId, updated, logging, traced } = revision;
    const origin: Origin = {
      ...(versionArn !== undefined && { versionArn }),
      ...(aliasArn !== undefined && { aliasArn }),
      ...(revisionId !== undefined && { revisionId }),
      updated,
      ...(logging && { logging }),
      ...(traced && { traced }),
    };
    const summary = executions.begin({ identity, definition, startedBy, origin }, world.clock.now());
    const { taken } = engine.start(state.machines.machineOf(definition), identity, given, world.ids.hex(16));
    state.starting.set(arn, taken);
    await taken.finally(() => state.starting.delete(arn));
    reached('execution.begun');
    await executions.flushed();
    state.tell(summary);
    return { executionArn: arn, startDate: seconds(summary.startedAt) };
  },
});
