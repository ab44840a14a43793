/** The model registry: a group per pipeline, a version per model that passed the gate, facts of it as customer metadata. */
import {
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  UpdateModelPackageCommand,
  type DescribeModelPackageCommandOutput,
} from '@aws-sdk/client-sagemaker';
import type { ModelVersion } from '../../spec/modelVersion.ts';
import { runId } from '../../spec/run.ts';
import { isAws } from './awsErrors.ts';
import { sagemaker } from './clients.ts';
import { modelGroupOf } from './stack.ts';

/** A page of a pipeline's versions, newest first; none when nothing was registered yet. */
export const listVersions = async (
  pipeline: string,
  { limit = 100, cursor }: { limit?: number; cursor?: string } = {},
) => {
  try {
    const { ModelPackageSummaryList = [], NextToken } = await sagemaker().send(
      new ListModelPackagesCommand({
        ModelPackageGroupName: modelGroupOf(pipeline),
        SortBy: 'CreationTime',
        SortOrder: 'Descending',
        MaxResults: limit,
        NextToken: cursor,
      }),
    );
    return { summaries: ModelPackageSummaryList, next: NextToken };
  } catch (error) {
    if (isAws(error, ['ValidationException', 'ResourceNotFound'], /does not exist/i)) return { summaries: [] };
    throw error;
  }
};

/** Every version, newest first, page by page. */
const allVersions = async function* (pipeline: string) {
  let cursor: string | undefined;
  do {
    const page = await listVersions(pipeline, { ...(cursor !== undefined && { cursor }) });
    yield* page.summaries;
    cursor = page.next;
  } while (cursor !== undefined);
};

/** The newest version for which `wanted` holds. */
export const findVersion = async (
  pipeline: string,
  wanted: (version: ModelVersion) => boolean,
  among: (version: number) => boolean = () => true,
): Promise<ModelVersion | undefined> => {
  for await (const { ModelPackageArn, ModelPackageVersion = 0 } of allVersions(pipeline)) {
    const version = among(ModelPackageVersion) ? await describeVersion(ModelPackageArn) : undefined;
    if (version && wanted(version)) return version;
  }
  return undefined;
};

export const describeVersion = async (ModelPackageName: string | undefined): Promise<ModelVersion> =>
  versionOf(await sagemaker().send(new DescribeModelPackageCommand({ ModelPackageName })));

const versionOf = (it: DescribeModelPackageCommandOutput): ModelVersion => {
  const { CustomerMetadataProperties: facts = {}, InferenceSpecification: inference } = it;
  const { algorithm, objective, score, data, deployed } = facts;
  return {
    version: it.ModelPackageVersion ?? 0,
    status: it.ModelApprovalStatus ?? 'PendingManualApproval',
    modelPackageArn: it.ModelPackageArn ?? '',
    runId: runId.parse(facts['run']),
    // Where the model lies says which candidate it was.
    candidate: Number(/\/candidates\/(\d+)\//.exec(inference?.Containers?.[0]?.ModelDataUrl ?? '')?.[1] ?? 0),
    registeredAt: it.CreationTime?.toISOString() ?? '',
    ...(algorithm !== undefined && { algorithm }),
    ...(objective !== undefined && { objective }),
    ...(score !== undefined && { score: Number(score) }),
    ...(data !== undefined && { data }),
    ...(deployed !== undefined && { deployedAt: deployed }),
    ...(it.ApprovalDescription !== undefined && { decision: it.ApprovalDescription }),
  };
};

/** Notes in the registry where a version serves, since when, and which run has brought it there. */
export const noteDeployed = async (
  ModelPackageArn: string,
  { by, target, endpointName = target }: { by: string; target: string; endpointName?: string },
) => {
  await sagemaker().send(
    new UpdateModelPackageCommand({
      ModelPackageArn,
      CustomerMetadataProperties: {
        deployed: new Date().toISOString(),
        deployedBy: by,
        deployedTo: endpointName,
      },
    }),
  );
};
