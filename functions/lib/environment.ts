/** A variable that serverless.yml gives every function that needs it. Throws Error naming the missing one. */
export const environment = (
  name:
    | 'BUCKET_NAME'
    | 'TABLE_NAME'
    | 'STACK'
    | 'TOPIC_ARN'
    | 'TRAIN_MACHINE_ARN'
    | 'SCORE_MACHINE_ARN'
    | 'MACHINE_PREFIX'
    | 'RUN_ENDED_ARN'
    | 'SAGEMAKER_ROLE_ARN'
    | 'SCHEDULE_GROUP'
    | 'SCHEDULE_ROLE_ARN'
    | 'SCHEDULE_TARGET_ARN'
    | 'DEAD_LETTERS_ARN'
    | 'AWS_REGION'
    | 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
): string => {
  const value = process.env[name];
  if (!value)
    throw new Error(`The environment variable ${name} is missing: add it to this function in serverless.yml.`);
  return value;
};
