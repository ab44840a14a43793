import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** The ARN of who has signed the request. Throws Error where the route has no authorizer. */
export const callerOf = ({ requestContext }: APIGatewayProxyEventV2): string => {
  const { authorizer } = requestContext as { authorizer?: { iam?: { userArn?: string } } };
  const arn = authorizer?.iam?.userArn;
  if (!arn) throw new Error('The route has no IAM authorizer: who answers is not known.');
  return arn;
};
