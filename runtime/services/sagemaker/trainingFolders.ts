/** The folder that stands for /opt/ml in a training container, filled as SageMaker fills it. */
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JobFailure, told } from './failures.ts';
import { inputObjects } from './inputObjects.ts';
import { download, type S3As } from './s3Objects.ts';
import type { TrainingJob } from './trainingJob.ts';

const host = 'algo-1';
const group = 'homogeneousCluster';

/** FastFile is written as File: the container sees files either way. */
const channelConfigs = ({ InputDataConfig = [] }: TrainingJob) =>
  Object.fromEntries(
    InputDataConfig.map(({ ChannelName, DataSource, ContentType, RecordWrapperType }) => [
      ChannelName,
      {
        TrainingInputMode: 'File',
        S3DistributionType: DataSource.S3DataSource.S3DataDistributionType ?? 'FullyReplicated',
        RecordWrapperType: RecordWrapperType ?? 'None',
        ...(ContentType !== undefined && { ContentType }),
      },
    ]),
  );

const resources = ({ ResourceConfig }: TrainingJob) => ({
  current_host: host,
  current_instance_type: ResourceConfig.InstanceType,
  current_group_name: group,
  hosts: [host],
  instance_groups: [{ instance_group_name: group, instance_type: ResourceConfig.InstanceType, hosts: [host] }],
  network_interface_name: 'eth0',
});

/** Makes the folders anew and writes input/config. */
export const makeFolders = async (root: string, job: TrainingJob): Promise<void> => {
  await rm(root, { recursive: true, force: true });
  for (const folder of ['input/config', 'input/data', 'model', 'output/data'])
    await mkdir(join(root, folder), { recursive: true });
  const configs = {
    'hyperparameters.json': job.HyperParameters ?? {},
    'inputdataconfig.json': channelConfigs(job),
    'resourceconfig.json': resources(job),
  };
  for (const [name, config] of Object.entries(configs))
    await writeFile(join(root, 'input/config', name), JSON.stringify(config));
};

/** Fetches every channel into input/data/<channel>. Throws JobFailure. */
export const fetchChannels = async (root: string, job: TrainingJob, as: S3As, signal: AbortSignal): Promise<void> => {
  for (const { ChannelName, DataSource } of job.InputDataConfig ?? []) {
    const { S3DataType, S3Uri } = DataSource.S3DataSource;
    const folder = join(root, 'input/data', ChannelName);
    await mkdir(folder, { recursive: true });
    let count = 0;
    try {
      const type = S3DataType === 'ManifestFile' ? 'ManifestFile' : 'S3Prefix';
      for await (const object of inputObjects(as, { S3DataType: type, S3Uri })) {
        signal.throwIfAborted();
        await download(as, object, join(folder, object.path), signal);
        count += 1;
      }
    } catch (cause) {
      if (signal.aborted || cause instanceof JobFailure) throw cause;
      throw new JobFailure(`ClientError: Data download failed: channel ${ChannelName}, ${S3Uri}: ${told(cause)}`, {
        cause,
      });
    }
    if (count === 0) throw new JobFailure(`ClientError: Data download failed: no objects under ${S3Uri}`);
  }
};

/** A container's own words on why it failed: the start of output/failure, if it wrote one. */
export const readFailure = async (root: string): Promise<string> => {
  const file = await open(join(root, 'output/failure'), 'r').catch(() => undefined);
  if (!file) return '';
  try {
    // A character takes at most four bytes.
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4 * 1024), 0, 4 * 1024, 0);
    return buffer.toString('utf8', 0, bytesRead).slice(0, 1024).trim();
  } finally {
    await file.close();
  }
};
