/**
 * POST /runs/{id}/retry: runs again what did not end well, as a run of its own, on the same versions of the same objects. Names of
 * SageMaker's jobs can be used once, so that a run cannot be begun anew under its own id. Asked for twice it is one run.
 */
import { keys, runIdOf } from '../../spec/names.ts';
import { isPending, startedSchema, type Outcome, type RunRequest } from '../../spec/run.ts';
import { readText, writeOnce } from '../lib/bucket.ts';
import { Conflict, defineRoute } from '../lib/defineRoute.ts';
import { runOfPath, runParams } from '../lib/runOfPath.ts';
import { start } from '../lib/start.ts';

export const handler = defineRoute(
  {
    method: 'POST',
    path: '/runs/{id}/retry',
    summary:
      'Runs again what did not end well, as a run of its own on the same versions; asked for twice it is one run',
    params: runParams,
    answers: { 200: startedSchema, 202: startedSchema },
    problems: [404, 409],
  },
  async ({ params }) => {
    const { runId, kind, pipeline, source, trigger, outcome } = await runOfPath(params);
    if (isPending(outcome)) throw new Conflict(`The run ${runId} has not ended yet: ${outcome}.`);
    if (!unwell.has(outcome)) throw new Conflict(`The run ${runId} has ended well: ${outcome}. Drop the file again.`);
    if (trigger === 'promote' || trigger === 'rollback')
      throw new Conflict(`The run ${runId} deployed a registered model: ask for the ${trigger} again.`);
    if (kind === 'score')
      throw new Conflict(
        `The run ${runId} scored a file: ask for it again with an idempotency key (POST /pipelines/${pipeline}/batches).`,
      );
    const request: RunRequest = { pipeline, source, trigger: 'http', idempotencyKey: `retry of ${runId}` };
    await keepPins(runId, request);
    const begun = await start(request);
    return { status: begun.started || begun.queued ? 202 : 200, body: begun };
  },
);

/** Outcomes that another try may change. */
const unwell: ReadonlySet<Outcome> = new Set(['FAILED', 'STOPPED', 'TIMED_OUT', 'OVERTAKEN', 'EXPIRED', 'SKIPPED']);

/** Of a set, the versions that the run had pinned: the objects may have others by now. */
const keepPins = async (before: string, { pipeline, source, idempotencyKey = '' }: RunRequest) => {
  const pinned = await readText(keys.drop(before));
  if (!pinned) return;
  const runId = runIdOf(pipeline, source.bucket, source.key, source.versionId ?? '', idempotencyKey);
  await writeOnce(keys.drop(runId), pinned.text);
};
