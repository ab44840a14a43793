/** A missing permission fails here as it would on AWS: the run says who, what and on which resource. */
import { expect, test } from '@jest/globals';
import { laptop } from './sharedLaptop.ts';

test('submit without sagemaker:CreateTrainingJob', async () => {
  const { world } = laptop.embedded.runtime;
  const RoleName = laptop.embedded.deployed.resources['SubmitRole']?.ref;
  const root = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' } as const;
  const { PolicyDocument } = (await world.call(root, 'iam', 'GetRolePolicy', { RoleName, PolicyName: 'least' })) as {
    PolicyDocument: string;
  };
  const policy = JSON.parse(decodeURIComponent(PolicyDocument)) as { Statement: { Action: string[] }[] };
  for (const statement of policy.Statement)
    statement.Action = statement.Action.filter((action) => action !== 'sagemaker:CreateTrainingJob');
  await world.call(root, 'iam', 'PutRolePolicy', {
    RoleName,
    PolicyName: 'least',
    PolicyDocument: JSON.stringify(policy),
  });

  const rows = Array.from({ length: 80 }, (_, i) => `${i % 13},${i % 7},${(i % 13) * 2 + (i % 7)}`);
  const run = await laptop.drop('denied', `a,b,y\n${rows.join('\n')}\n`);
  expect(run.outcome).toBe('FAILED');
  expect(run.summary).toMatch(
    new RegExp(
      '^AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role/sluice-dev-SubmitRole\\S*/sluice-dev-submit ' +
        'is not authorized to perform: sagemaker:CreateTrainingJob ' +
        `on resource: arn:aws:sagemaker:eu-west-1:000000000000:training-job/${run.runId}-c0-train`,
    ),
  );
}, 60_000);
