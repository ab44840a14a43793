/** What a model is made of, and the folder a container serves it from. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type * as z from 'zod';
import { AwsError, type World } from '../../operation.ts';
import { unpack } from './archives.ts';
import { asRole } from './arns.ts';
import type { createModelInput } from './createModel.ts';
import { JobFailure, told } from './failures.ts';
import { checkObject, download, parseS3Uri } from './s3Objects.ts';

type Request = z.infer<typeof createModelInput>;

export type Model = Omit<Request, 'Tags'> & { ModelArn: string; CreationTime: number };

/** A model with everything resolved: what an endpoint or a transform job keeps, whatever becomes of the model's record. */
export interface ServableModel {
  name: string;
  image: string;
  modelDataUrl?: string;
  environment: Record<string, string>;
  roleArn: string;
}

const unreadable = (world: World, url: string, roleArn: string, error: unknown): string =>
  error instanceof AwsError && error.status === 404
    ? `Could not find model data at ${url}.`
    : `Could not access model data at ${url}. Please ensure that the role "${roleArn}" exists and that its trust relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and that the object is located in ${world.region}. (${told(error)})`;

/** Why the role cannot read the model data, if so. */
export const modelDataProblem = async (world: World, url: string, roleArn: string): Promise<string | undefined> => {
  const at = parseS3Uri(url, 'ModelDataUrl');
  try {
    await checkObject({ world, principal: asRole(world, roleArn) }, at);
    return undefined;
  } catch (error) {
    return unreadable(world, url, roleArn, error);
  }
};

/** Fetches and unpacks a model into `root`/model, made anew. Throws JobFailure. */
export const fetchModel = async (
  world: World,
  { modelDataUrl, roleArn }: ServableModel,
  root: string,
  signal?: AbortSignal,
): Promise<void> => {
  const folder = join(root, 'model');
  await rm(folder, { recursive: true, force: true });
  const archive = join(root, 'model.tar.gz');
  if (modelDataUrl !== undefined) {
    const as = { world, principal: asRole(world, roleArn) };
    try {
      await download(as, parseS3Uri(modelDataUrl, 'ModelDataUrl'), archive, signal);
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new JobFailure(unreadable(world, modelDataUrl, roleArn, cause), { cause });
    }
    await unpack(archive, folder, signal);
    await rm(archive, { force: true });
  }
};
