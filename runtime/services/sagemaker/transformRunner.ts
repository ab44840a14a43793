/**
 * Brings transform jobs forward. Answers are staged on disk and stored when all objects are done, because a stopped job
 * stores nothing; an object that fails has no output, the others do, and the job ends Failed. After a crash a job starts
 * again: it writes the same outputs.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asRole } from './arns.ts';
import { failureReason, JobFailure, told } from './failures.ts';
import { inputObjects } from './inputObjects.ts';
import { jobFolder, sweepFolders } from './jobFolders.ts';
import { openJobLog } from './jobLog.ts';
import { fetchModel } from './model.ts';
import { openModelServer, type ModelServer, type Reply } from './modelServer.ts';
import { parseS3Uri, readObject, s3Join, upload, type S3As } from './s3Objects.ts';
import type { Surroundings } from './sagemakerState.ts';
import type { Slots } from './slots.ts';
import { tagsOf } from './tags.ts';
import { hasEnded, transformEvent, withStatus, type TransformJob, type TransformStatus } from './transformJob.ts';
import { transformObject } from './transformRecords.ts';

export interface TransformRunner {
  /** Saves a new job and starts to work on it. */
  begin(job: TransformJob): void;
  /** The job ends Stopped; nothing of its output is stored. */
  stop(name: string): void;
  resume(): Promise<void>;
  close(): Promise<void>;
}

interface Run {
  abort: AbortController;
  server?: ModelServer;
}

const containerEnvironment = (job: TransformJob, region: string): Record<string, string> => ({
  AWS_REGION: region,
  ...job.model.environment,
  ...job.Environment,
  SAGEMAKER_BATCH: 'true',
  ...(job.MaxPayloadInMB !== undefined && { SAGEMAKER_MAX_PAYLOAD_IN_MB: String(job.MaxPayloadInMB) }),
  ...(job.BatchStrategy && {
    SAGEMAKER_BATCH_STRATEGY: job.BatchStrategy === 'SingleRecord' ? 'SINGLE_RECORD' : 'MULTI_RECORD',
  }),
  ...(job.MaxConcurrentTransforms && { SAGEMAKER_MAX_CONCURRENT_TRANSFORMS: String(job.MaxConcurrentTransforms) }),
});

export const transformRunner = ({ world, images, timing, tables }: Surroundings, slots: Slots): TransformRunner => {
  const { clock } = world;
  const jobs = tables.transformJobs;
  const runs = new Map<string, { run: Run; ended: Promise<void> }>();
  let closing = false;
  const isLiving = (name: string): boolean => {
    const job = jobs.get(name);
    return job !== undefined && !hasEnded(job);
  };

  const save = (job: TransformJob) =>
    jobs.save(job.TransformJobName, job, transformEvent(job, tagsOf(tables.tags, job.TransformJobArn)));
  const move = (name: string, to: TransformStatus, facts: Partial<TransformJob> = {}) => {
    const job = jobs.get(name);
    if (job && !closing) save(withStatus(job, to, clock.now(), facts));
  };

  /** Asks the model, again where its fault may pass; a client error never does. */
  const asking = (job: TransformJob, server: ModelServer) => {
    const { InvocationsMaxRetries = 3 } = job.ModelClientConfig ?? {};
    const { ContentType = '' } = job.TransformInput;
    const { Accept = '*/*' } = job.TransformOutput;
    return async (body: Uint8Array): Promise<Reply> => {
      let failure = '';
      for (let attempt = 0; attempt <= InvocationsMaxRetries; attempt += 1) {
        try {
          const reply = await server.invoke({ contentType: ContentType, accept: Accept, body });
          if (reply.status < 300) return reply;
          failure = `Bad HTTP status received from algorithm: ${reply.status}: ${Buffer.from(reply.body).toString()}`;
          if (reply.status < 500) throw new JobFailure(`ClientError: ${failure}`);
        } catch (error) {
          if (error instanceof JobFailure) throw error;
          failure = told(error);
        }
      }
      throw new JobFailure(`AlgorithmError: ${failure}`);
    };
  };

  const openServer = async (job: TransformJob, root: string, run: Run, line: (text: string) => void) => {
    const { model } = job;
    const container = images.containers(model.image);
    if (!container)
      throw new JobFailure(
        `ClientError: the runtime has nothing that stands for the image ${model.image}; it has: ${images.known.join(', ')}`,
      );
    await mkdir(join(root, 'model'), { recursive: true });
    await fetchModel(world, model, root, run.abort.signal);
    run.abort.signal.throwIfAborted();
    const server = openModelServer({
      world,
      container,
      root,
      environment: containerEnvironment(job, world.region),
      line,
      startup: timing.startup,
      timeout: (job.ModelClientConfig?.InvocationsTimeoutInSeconds ?? 600) * 1000,
    });
    run.server = server;
    await server.ready().catch((cause: unknown) => {
      throw new JobFailure(
        `AlgorithmError: the container did not pass the ping health check: ${told(cause)}. See job logs for more information`,
        { cause },
      );
    });
    return server;
  };

  /** Stages the output of every object; answers what is to be stored where, and what failed. */
  const transformAll = async (job: TransformJob, as: S3As, server: ModelServer, root: string, run: Run) => {
    const { S3DataType, S3Uri } = job.TransformInput.DataSource.S3DataSource;
    const type = S3DataType === 'ManifestFile' ? 'ManifestFile' : 'S3Prefix';
    const ask = asking(job, server);
    const staged: { file: string; uri: string }[] = [];
    const failures: string[] = [];
    await mkdir(join(root, 'staged'), { recursive: true });
    for await (const object of inputObjects(as, { S3DataType: type, S3Uri })) {
      run.abort.signal.throwIfAborted();
      const file = join(root, 'staged', String(staged.length + failures.length));
      try {
        await transformObject(job, await readObject(as, object), ask, file);
        staged.push({ file, uri: s3Join(job.TransformOutput.S3OutputPath, `${object.path}.out`) });
      } catch (error) {
        run.abort.signal.throwIfAborted();
        if (!(error instanceof JobFailure)) throw error;
        failures.push(`${error.message} (s3://${object.bucket}/${object.key})`);
      }
    }
    if (staged.length + failures.length === 0)
      throw new JobFailure(`ClientError: No S3 objects found under S3 URL "${S3Uri}" given in input data source.`);
    return { staged, failures };
  };

  const work = async (run: Run, job: TransformJob) => {
    const name = job.TransformJobName;
    const root = jobFolder(world, 'transform', name);
    const as = { world, principal: asRole(world, job.model.roleArn) };
    const log = openJobLog(world, as.principal, '/aws/sagemaker/TransformJobs', `${name}/${world.ids.hex(8)}`);
    try {
      await rm(root, { recursive: true, force: true });
      jobs.save(name, { ...(jobs.get(name) ?? job), TransformStartTime: job.TransformStartTime ?? clock.now() / 1000 });
      const server = await openServer(job, root, run, log.write);
      const { staged, failures } = await transformAll(job, as, server, root, run);
      for (const { file, uri } of staged) {
        run.abort.signal.throwIfAborted();
        await upload(as, file, parseS3Uri(uri, 'S3OutputPath'));
      }
      const [first] = failures;
      for (const failure of failures) log.write(failure);
      if (first === undefined) move(name, 'Completed');
      else throw new JobFailure(failures.length === 1 ? first : `${first} and ${failures.length - 1} more objects`);
    } catch (error) {
      if (run.abort.signal.aborted) move(name, 'Stopped');
      else move(name, 'Failed', { FailureReason: failureReason(error) });
    } finally {
      await run.server?.close();
      await log.flush();
      if (!closing) await rm(root, { recursive: true, force: true });
    }
  };

  const lead = (job: TransformJob) => {
    const name = job.TransformJobName;
    const run: Run = { abort: new AbortController() };
    if (job.TransformJobStatus === 'Stopping') run.abort.abort(new Error('stopped'));
    const go = async () => {
      const release = await slots.take(run.abort.signal).catch(() => undefined);
      try {
        if (release) await work(run, job);
        else move(name, 'Stopped');
      } finally {
        release?.();
        runs.delete(name);
      }
    };
    const ended = Promise.resolve().then(go);
    runs.set(name, { run, ended });
  };
  const abort = ({ abort: controller, server }: Run, why: string) => {
    controller.abort(new Error(why));
    void server?.close();
  };

  return {
    begin(job) {
      save(job);
      lead(job);
    },
    stop(name) {
      move(name, 'Stopping');
      const under = runs.get(jobs.get(name)?.TransformJobName ?? name);
      if (under) abort(under.run, 'stopped');
    },
    async resume() {
      for (const job of jobs.values().filter((it) => !hasEnded(it))) lead(job);
      await sweepFolders(world, 'transform', isLiving);
    },
    async close() {
      closing = true;
      const all = [...runs.values()];
      for (const { run } of all) abort(run, 'the runtime closes');
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
};
