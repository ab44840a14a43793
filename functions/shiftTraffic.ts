/**
 * One tick of the way of an endpoint's traffic to a new model: looks at the model's alarms, and gives it the share of the requests that it is
 * to have by now. Told again it changes nothing: what is kept is compared with what should be.
 */
import * as z from 'zod';
import { InputError } from '../spec/errors.ts';
import { endpointConfigName, shiftConfigName } from '../spec/names.ts';
import { shiftAt, tickSeconds } from '../spec/rollout.ts';
import { redrives, runId, type Champion, type Plan } from '../spec/run.ts';
import { sharesBeside, showShare } from '../spec/weights.ts';
import { define } from './lib/define.ts';
import { alarmsOff } from './lib/endpointAlarms.ts';
import { modelRunOf } from './lib/endpointConfigs.ts';
import { findEndpoint } from './lib/findEndpoint.ts';
import { getChallenger, setShare } from './lib/ledger/challenger.ts';
import { getChampion } from './lib/ledger/champion.ts';
import { refuseUnlessDeploying } from './lib/refuseUnlessDeploying.ts';
import { RolledBack } from './lib/rolledBack.ts';
import { readPlan } from './lib/run.ts';
import { shareRequests } from './lib/shareRequests.ts';
import { shiftingFrom } from './lib/shiftingFrom.ts';
import { endpointOf } from './lib/stack.ts';

export const handler = define({
  input: z.strictObject({ runId, tick: z.int().min(0).max(10_000), redrives }),
  async run({ runId, tick, redrives }) {
    const plan = await readPlan(runId);
    await refuseUnlessDeploying(plan, redrives);
    const { name: pipeline, deploy } = plan.pipeline;
    const [present, coming] = await Promise.all([getChampion(pipeline), getChallenger(pipeline)]);
    const shifting = shiftingFrom(plan, present);
    if (!shifting || coming?.endpointConfigName !== endpointConfigName(runId)) throw takenBack(plan);
    const { champion, traffic } = shifting;
    const endpoint = endpointOf(pipeline);
    const off = await alarmsOff(endpoint, modelRunOf(plan), deploy.alarms);
    if (off.length > 0)
      throw new RolledBack({
        what: `The endpoint went back to ${champion.runId}, which serves on: alarms went off: ${off.join(', ')}`,
        where: `endpoint ${endpoint}, with ${showShare(coming.share)} of the requests for ${coming.runId}`,
      });
    const { share, isOver } = shiftAt(traffic, tick);
    if (coming.share !== share) await move(plan, champion, { redrives, share, before: coming.share });
    return { share, isOver, seconds: tickSeconds };
  },
});

/** SageMaker first, for it may refuse; until the ledger knows it, too, the same tick again puts them together. */
const move = async (
  plan: Plan,
  champion: Champion,
  { redrives, share, before }: { redrives: number; share: number; before: number },
) => {
  const { runId, pipeline } = plan;
  const name = endpointOf(pipeline.name);
  const config = shiftConfigName(runId, redrives);
  const endpoint = await findEndpoint(name);
  if (endpoint?.EndpointConfigName !== config)
    throw new InputError({
      what: `The endpoint ${name} was changed while its traffic moved`,
      where: runId,
      expected: `the configuration ${config}, not ${endpoint?.EndpointConfigName ?? 'none'}`,
    });
  await shareRequests(endpoint, sharesBeside(champion, { runId: modelRunOf(plan), share }));
  if (!(await setShare(pipeline.name, endpointConfigName(runId), share, before))) throw takenBack(plan);
};

const takenBack = ({ runId }: Plan) =>
  new InputError({ what: 'What the run deploys was taken back meanwhile', where: runId });
