import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { arn, seconds } from './names.ts';
import { versionDescription } from './parts.ts';
import type { StatesState } from './statesState.ts';
import { initialRevision, publishVersion } from './versions.ts';

/** Idempotent: a revision is published once. */
export const publishStateMachineVersion = operation({
  input: z.strictObject({
    stateMachineArn: arn,
    revisionId: z.string().optional(),
    description: versionDescription.optional(),
  }),
  needs: ({ stateMachineArn }) => [{ action: 'states:PublishStateMachineVersion', resource: stateMachineArn }],
  async run({ stateMachineArn, revisionId, description }, call: Call<StatesState>) {
    const machine = call.state.machines.find(stateMachineArn);
    const current = machine.revisionId ?? initialRevision;
    if (revisionId !== undefined && revisionId !== current) {
      throw new AwsError(
        'ConflictException',
        `Failed to publish the State Machine version for revision ${revisionId}. The current State Machine revision is ${current}.`,
      );
    }
    const version = publishVersion(call, machine, description);
    await call.world.store.flushed();
    return { creationDate: seconds(version.created), stateMachineVersionArn: version.arn };
  },
});
