/**
 * The AWS managed policies that roles of the runtime may attach, as AWS publishes them.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
const allow = (actions: readonly string[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });

/** Documents as JSON text, by ARN. */
export const managedPolicies: Readonly<Record<string, string>> = {
  'arn:aws:iam::aws:policy/AdministratorAccess': allow(['*']),
  'arn:aws:iam::aws:policy/AmazonS3FullAccess': allow(['s3:*', 's3-object-lambda:*']),
  'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess': allow([
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'xray:GetSamplingStatisticSummaries',
  ]),
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': allow([
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ]),
};
