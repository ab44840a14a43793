/** ARNs of SageMaker's resources. SageMaker writes names in lower case there, whatever case they were created in. */
import type { Need, Principal, World } from '../../operation.ts';

export type ResourceType =
  'training-job' | 'transform-job' | 'model' | 'endpoint-config' | 'endpoint' | 'model-package-group' | 'model-package';

/** The surroundings an ARN needs. */
export type Place = Pick<World, 'partition' | 'region' | 'accountId'>;

export const arnOf = ({ partition, region, accountId }: Place, type: ResourceType, name: string): string =>
  `arn:${partition}:sagemaker:${region}:${accountId}:${type}/${name.toLowerCase()}`;

/** The permissions to create a resource under this ARN: the action, tagging where tags are given, passing the role. */
export const creationNeeds = (
  action: string,
  arn: string,
  { Tags, roleArn }: { Tags?: readonly unknown[] | undefined; roleArn?: string | undefined },
): Need[] => [
  { action: `sagemaker:${action}`, resource: arn },
  ...(Tags?.length ? [{ action: 'sagemaker:AddTags', resource: arn }] : []),
  ...(roleArn
    ? [{ action: 'iam:PassRole', resource: roleArn, context: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } }]
    : []),
];

/** SageMaker acting as a role that was passed to it. */
export const asRole = ({ partition }: Place, roleArn: string): Principal => {
  const sessionName = 'SageMaker';
  const [, , , , account, resource = ''] = roleArn.split(':');
  const name = resource.slice(resource.lastIndexOf('/') + 1);
  return {
    kind: 'role',
    roleArn,
    sessionName,
    arn: `arn:${partition}:sts::${account}:assumed-role/${name}/${sessionName}`,
  };
};
