import { AwsError, type World } from '../../operation.ts';
import { validationError } from './failures.ts';

/**
 * SageMaker takes a role on before it accepts work in the role's name. Throws ValidationException when the role does not
 * exist or does not trust SageMaker; a runtime without STS has no trust to look at.
 */
export const checkRole = async (world: World, RoleArn: string): Promise<void> => {
  const principal = { kind: 'service', arn: 'sagemaker.amazonaws.com', service: 'sagemaker' } as const;
  try {
    await world.call(principal, 'sts', 'AssumeRole', { RoleArn, RoleSessionName: 'SageMaker' });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.code === 'UnknownServiceException') return;
    throw validationError(
      `Could not assume role ${RoleArn}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.`,
    );
  }
};
