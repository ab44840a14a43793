import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  AddTagsCommand,
  CreateModelCommand,
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DeleteModelPackageCommand,
  DeleteModelPackageGroupCommand,
  DeleteTagsCommand,
  DescribeModelPackageCommand,
  DescribeModelPackageGroupCommand,
  ListModelPackageGroupsCommand,
  ListModelPackagesCommand,
  ListTagsCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { hosting } from '../../../fixtures/hosting.ts';
import { meanModel } from '../../../fixtures/modelArchives.ts';
import {
  eventually,
  bucket,
  image,
  openSageMakerWorld,
  roleArn,
  type SageMakerWorld,
} from '../../../fixtures/sagemakerWorld.ts';

let world: SageMakerWorld;

beforeAll(async () => {
  world = await openSageMakerWorld();
  await world.put('models/eight.tar.gz', await meanModel(8));
});
afterAll(() => world.close());

const ModelPackageGroupName = 'Boston';
const base = 'arn:aws:sagemaker:eu-west-1:000000000000';
const register = (more: object = {}) =>
  world.sagemaker.send(
    new CreateModelPackageCommand({
      ModelPackageGroupName,
      InferenceSpecification: {
        Containers: [{ Image: image, ModelDataUrl: `s3://${bucket}/models/eight.tar.gz` }],
        SupportedContentTypes: ['text/csv'],
        SupportedResponseMIMETypes: ['text/csv'],
      },
      CustomerMetadataProperties: { rmse: '3.1', stale: 'yes' },
      ...more,
    }),
  );
const describePackage = (ModelPackageName: string) =>
  world.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName }));

test('a group numbers its packages', async () => {
  const Tags = [{ Key: 'team', Value: 'houses' }];
  const group = await world.sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName, Tags }));
  expect(group.ModelPackageGroupArn).toBe(`${base}:model-package-group/boston`);
  expect((await register()).ModelPackageArn).toBe(`${base}:model-package/boston/1`);
  expect((await register({ ModelApprovalStatus: 'Approved' })).ModelPackageArn).toBe(`${base}:model-package/boston/2`);
  expect(await describePackage(`${base}:model-package/boston/1`)).toMatchObject({
    ModelPackageGroupName,
    ModelPackageVersion: 1,
    ModelPackageStatus: 'Completed',
    ModelApprovalStatus: 'PendingManualApproval',
    CustomerMetadataProperties: { rmse: '3.1' },
  });
  const described = new DescribeModelPackageGroupCommand({ ModelPackageGroupName });
  expect((await world.sagemaker.send(described)).ModelPackageGroupStatus).toBe('Completed');
});

test('the same client token is the same package', async () => {
  const ClientToken = 'a-token';
  const one = await register({ ClientToken });
  expect(await register({ ClientToken })).toMatchObject({ ModelPackageArn: one.ModelPackageArn });
});

test('an approval is announced', async () => {
  const ModelPackageArn = `${base}:model-package/boston/1`;
  await world.sagemaker.send(
    new UpdateModelPackageCommand({
      ModelPackageArn,
      ModelApprovalStatus: 'Approved',
      ApprovalDescription: 'beats the champion',
      CustomerMetadataPropertiesToRemove: ['stale'],
    }),
  );
  const it = await describePackage(ModelPackageArn);
  expect(it).toMatchObject({ ModelApprovalStatus: 'Approved', ApprovalDescription: 'beats the champion' });
  expect(it.CustomerMetadataProperties).toEqual({ rmse: '3.1' });
  const last = await eventually(
    () => Promise.resolve(world.heard.at(-1)),
    (heard) => heard?.detail['ModelApprovalStatus'] === 'Approved',
  );
  expect(last).toMatchObject({
    detailType: 'SageMaker Model Package State Change',
    resources: [ModelPackageArn],
    detail: {
      ModelPackageGroupName,
      ModelPackageVersion: 1,
      ModelApprovalStatus: 'Approved',
      CreationTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      UpdatedModelPackageFields: ['ModelApprovalStatus', 'ApprovalDescription'],
    },
  });
});

test('packages are listed by group and approval, newest last', async () => {
  const list = (input: object) => world.sagemaker.send(new ListModelPackagesCommand(input));
  const versions = async (input: object) =>
    (await list(input)).ModelPackageSummaryList?.map(({ ModelPackageVersion }) => ModelPackageVersion);
  expect(await versions({ ModelPackageGroupName })).toEqual([1, 2, 3]);
  expect(await versions({ ModelPackageGroupName, ModelApprovalStatus: 'Approved' })).toEqual([1, 2]);
  expect(await versions({})).toEqual([]);
  const { ModelPackageGroupSummaryList } = await world.sagemaker.send(new ListModelPackageGroupsCommand({}));
  expect(ModelPackageGroupSummaryList).toHaveLength(1);
});

test('a model can be made of a package and served', async () => {
  const PrimaryContainer = { ModelPackageName: `${base}:model-package/boston/2` };
  await world.sagemaker.send(
    new CreateModelCommand({ ModelName: 'packaged', PrimaryContainer, ExecutionRoleArn: roleArn }),
  );
  const host = hosting(world);
  await host.config('packaged', { packaged: 1 });
  await host.endpoint('packaged', 'packaged');
  expect((await host.ask('packaged', '1')).text).toBe('8\n');
});

test('tags are added, replaced and removed', async () => {
  const ResourceArn = `${base}:model-package-group/boston`;
  const tags = async () => (await world.sagemaker.send(new ListTagsCommand({ ResourceArn }))).Tags;
  await world.sagemaker.send(new AddTagsCommand({ ResourceArn, Tags: [{ Key: 'stage', Value: 'live' }] }));
  await world.sagemaker.send(new DeleteTagsCommand({ ResourceArn, TagKeys: ['team'] }));
  expect(await tags()).toEqual([{ Key: 'stage', Value: 'live' }]);
  await expect(register({ Tags: [{ Key: 'a', Value: 'b' }] })).rejects.toMatchObject({ name: 'ValidationException' });
  const none = new ListTagsCommand({ ResourceArn: `${base}:endpoint/none` });
  await expect(world.sagemaker.send(none)).rejects.toMatchObject({ name: 'ValidationException' });
});

test('a group goes after its packages, and a number is never given twice', async () => {
  const removeGroup = () => world.sagemaker.send(new DeleteModelPackageGroupCommand({ ModelPackageGroupName }));
  await expect(removeGroup()).rejects.toMatchObject({ name: 'ConflictException' });
  const remove = (version: number) =>
    world.sagemaker.send(
      new DeleteModelPackageCommand({ ModelPackageName: `${base}:model-package/boston/${version}` }),
    );
  await remove(3);
  expect((await register()).ModelPackageArn).toBe(`${base}:model-package/boston/4`);
  for (const version of [1, 2, 4]) await remove(version);
  await removeGroup();
  await expect(describePackage(`${base}:model-package/boston/1`)).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(/does not exist\.$/),
  });
});
