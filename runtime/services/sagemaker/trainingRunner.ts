/**
 * Brings training jobs forward: wait for a slot → download → train → upload → end. The record says how far a job is; after
 * a crash the job starts again from the beginning, as after a spot interruption, and never twice at once: a run is led by
 * this process only, and the runtime's lock keeps a second process from the folder.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { filesBelow, packFiles } from './archives.ts';
import { asRole } from './arns.ts';
import { runContainer, type RunningContainer } from './container.ts';
import { failureReason, JobFailure, told } from './failures.ts';
import { jobFolder, sweepFolders } from './jobFolders.ts';
import { openJobLog } from './jobLog.ts';
import { metricScraper } from './metrics.ts';
import { parseS3Uri, s3Join, upload, type S3As } from './s3Objects.ts';
import type { Surroundings } from './sagemakerState.ts';
import type { Slots } from './slots.ts';
import { tagsOf } from './tags.ts';
import { fetchChannels, makeFolders, readFailure } from './trainingFolders.ts';
import { advance, hasEnded, trainingEvent, type SecondaryStatus, type TrainingJob } from './trainingJob.ts';

export interface TrainingRunner {
  /** Saves a new job and starts to work on it. */
  begin(job: TrainingJob): void;
  /** SIGTERM now, SIGKILL after the grace; the job ends Stopped with what it has written. */
  stop(name: string): void;
  /** Takes up what was under way when the process ended. */
  resume(): Promise<void>;
  /** Ends every worker; the records stay as they are. */
  close(): Promise<void>;
}

interface Run {
  name: string;
  /** Aborted when the job is interrupted: ends waiting and downloading. */
  abort: AbortController;
  interruption?: 'Stopped' | 'MaxRuntimeExceeded';
  container?: RunningContainer;
  alarms: (() => void)[];
}

/** Errors of the container: its own words when it left any, SageMaker's prefix, the exit code. */
const algorithmFailure = async (root: string, code: number): Promise<JobFailure> => {
  const words = await readFailure(root);
  const named = /^\w*Error:/.test(words) ? words : `AlgorithmError: ${words}`;
  const end = `, exit code: ${code}`;
  return new JobFailure(`${named.slice(0, 1024 - end.length)}${end}`);
};

/** Packs and stores what the job wrote; answers where its model is, if it wrote one. Throws JobFailure. */
const storeArtifacts = async (root: string, job: TrainingJob, as: S3As): Promise<Partial<TrainingJob>> => {
  const folders = { 'model.tar.gz': join(root, 'model'), 'output.tar.gz': join(root, 'output/data') };
  let artifacts: Partial<TrainingJob> = {};
  for (const [name, folder] of Object.entries(folders)) {
    const files = await filesBelow(folder);
    if (files.length === 0) continue;
    const archive = join(root, name);
    const uri = s3Join(job.OutputDataConfig.S3OutputPath, job.TrainingJobName, 'output', name);
    await packFiles(folder, files, archive);
    try {
      await upload(as, archive, parseS3Uri(uri, 'S3OutputPath'));
    } catch (cause) {
      throw new JobFailure(`ClientError: Artifact upload failed: ${uri}: ${told(cause)}`, { cause });
    }
    if (name === 'model.tar.gz') artifacts = { ModelArtifacts: { S3ModelArtifacts: uri } };
  }
  return artifacts;
};

export const trainingRunner = ({ world, images, timing, tables }: Surroundings, slots: Slots): TrainingRunner => {
  const { clock } = world;
  const jobs = tables.trainingJobs;
  const runs = new Map<string, { run: Run; ended: Promise<void> }>();
  let closing = false;
  const isLiving = (name: string): boolean => {
    const job = jobs.get(name);
    return job !== undefined && !hasEnded(job);
  };

  const save = (job: TrainingJob) =>
    jobs.save(job.TrainingJobName, job, trainingEvent(job, tagsOf(tables.tags, job.TrainingJobArn)));
  const move = (name: string, to: SecondaryStatus, facts: Partial<TrainingJob> = {}) => {
    const job = jobs.get(name);
    if (job && !closing) save(advance(job, to, clock.now(), facts));
  };

  const interrupt = (run: Run, how: NonNullable<Run['interruption']>) => {
    if (run.interruption) return;
    run.interruption = how;
    run.abort.abort(new Error(how));
    const { container } = run;
    if (!container) return;
    container.terminate();
    run.alarms.push(clock.alarm(clock.now() + timing.trainingGrace, () => void container.kill()));
  };

  const execute = async (run: Run, job: TrainingJob, as: S3As, root: string) => {
    const { TrainingImage, MetricDefinitions = [] } = job.AlgorithmSpecification;
    const image = images.containers(TrainingImage);
    if (!image)
      throw new JobFailure(
        `ClientError: the runtime has nothing that stands for the image ${TrainingImage}; it has: ${images.known.join(', ')}`,
      );
    const log = openJobLog(world, as.principal, '/aws/sagemaker/TrainingJobs', job.logStream);
    const metrics = metricScraper(MetricDefinitions, clock);
    run.abort.signal.throwIfAborted();
    run.container = runContainer(image, {
      command: 'train',
      root,
      environment: {
        AWS_REGION: world.region,
        ...job.Environment,
        TRAINING_JOB_NAME: job.TrainingJobName,
        TRAINING_JOB_ARN: job.TrainingJobArn,
      },
      line(text) {
        metrics.read(text);
        log.write(text);
      },
    });
    const code = await run.container.exited;
    await log.flush();
    return { code, FinalMetricDataList: metrics.final() };
  };

  /** From the download to the end of the container. Undefined when the job was interrupted before it had one. */
  const attempt = async (run: Run, job: TrainingJob, as: S3As, root: string) => {
    try {
      await makeFolders(root, job);
      await fetchChannels(root, job, as, run.abort.signal);
      move(run.name, 'Training');
      return await execute(run, job, as, root);
    } catch (error) {
      if (run.interruption) return undefined;
      throw error;
    } finally {
      for (const cancel of run.alarms.splice(0)) cancel();
    }
  };

  const conclude = async (run: Run, job: TrainingJob, as: S3As, root: string, metrics: Partial<TrainingJob>) => {
    if (jobs.get(run.name)?.TrainingJobStatus === 'InProgress') move(run.name, 'Uploading', metrics);
    const artifacts = await storeArtifacts(root, job, as);
    move(run.name, run.interruption ?? 'Completed', { ...metrics, ...artifacts });
  };

  const work = async (run: Run, job: TrainingJob) => {
    const root = jobFolder(world, 'training', run.name);
    const as = { world, principal: asRole(world, job.RoleArn) };
    let metrics: Partial<TrainingJob> = {};
    try {
      // Stopping while no run was under way: the process ended in between; what the job has written is kept.
      if (job.TrainingJobStatus !== 'Stopping') {
        move(run.name, 'Downloading', { TrainingStartTime: job.TrainingStartTime ?? clock.now() / 1000 });
        const limit = (job.StoppingCondition.MaxRuntimeInSeconds ?? 0) * 1000;
        run.alarms.push(clock.alarm(clock.now() + limit, () => interrupt(run, 'MaxRuntimeExceeded')));
        const result = await attempt(run, job, as, root);
        if (closing) return;
        metrics = result ? { FinalMetricDataList: result.FinalMetricDataList } : {};
        if (result && result.code !== 0 && !run.interruption) throw await algorithmFailure(root, result.code);
      }
      await conclude(run, job, as, root, metrics);
    } catch (error) {
      if (closing) return;
      if (!(error instanceof JobFailure))
        world.log('error', 'a training job failed unexpectedly', { error, job: run.name });
      move(run.name, 'Failed', { ...metrics, FailureReason: failureReason(error) });
    }
    await rm(root, { recursive: true, force: true });
  };

  const lead = (job: TrainingJob) => {
    const name = job.TrainingJobName;
    const run: Run = { name, abort: new AbortController(), alarms: [] };
    if (job.TrainingJobStatus === 'Stopping') run.interruption = 'Stopped';
    const go = async () => {
      const release = await slots.take(run.abort.signal, () => move(name, 'Pending')).catch(() => undefined);
      try {
        if (release) await work(run, job);
        else move(name, run.interruption ?? 'Stopped');
      } finally {
        release?.();
        runs.delete(name);
      }
    };
    // The first step is taken after the caller has answered or gone on.
    const ended = Promise.resolve().then(go);
    runs.set(name, { run, ended });
  };

  return {
    begin(job) {
      save(job);
      lead(job);
    },
    stop(name) {
      move(name, 'Stopping');
      const under = runs.get(jobs.get(name)?.TrainingJobName ?? name);
      if (under) interrupt(under.run, 'Stopped');
    },
    async resume() {
      for (const job of jobs.values().filter((it) => !hasEnded(it))) {
        if (job.TrainingJobStatus === 'InProgress' && !['Starting', 'Pending'].includes(job.SecondaryStatus)) {
          move(job.TrainingJobName, 'Interrupted');
          move(job.TrainingJobName, 'Starting');
        }
        lead(jobs.get(job.TrainingJobName) ?? job);
      }
      await sweepFolders(world, 'training', isLiving);
    },
    async close() {
      closing = true;
      const all = [...runs.values()];
      for (const { run } of all) {
        run.abort.abort(new Error('the runtime closes'));
        void run.container?.kill();
      }
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
};
