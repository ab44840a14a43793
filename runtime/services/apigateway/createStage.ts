import * as z from 'zod';
import { AwsError, operation } from '../../operation.ts';
import { apiNeed, created, findApi, identifier, type ApiState, type Stage } from './apiState.ts';

const input = z.strictObject({
  apiId: identifier,
  stageName: z
    .string()
    .max(128)
    .regex(/^(\$default|[a-zA-Z0-9_-]+)$/),
  /** Changes are served at once: the runtime keeps no deployments. */
  autoDeploy: z.literal(true),
  stageVariables: z.record(z.string().regex(/^\w+$/), z.string().max(2048)).optional(),
});

export const createStage = operation<ApiState, z.output<typeof input>, unknown>({
  input,
  needs: ({ apiId }, { world }) => apiNeed(world, 'POST', `/${apiId}/stages`),
  async run(given, { world, state }) {
    findApi(state, given.apiId);
    const key = `${given.apiId}/${given.stageName}`;
    if (state.stages.has(key)) throw new AwsError('ConflictException', 'Stage already exists', 409);
    const stage: Stage = { ...given, createdDate: new Date(world.clock.now()).toISOString() };
    state.stages.set(key, stage);
    await world.store.flushed();
    return created(stage);
  },
});
