import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { validate } from '../../runtime/gateway/validation.ts';

const grammar = z.strictObject({
  TrainingJobName: z.string().regex(/^[a-z-]+$/),
  ResourceConfig: z.strictObject({
    InstanceCount: z.number().int().min(1).max(5),
    InstanceType: z.enum(['ml.m5.large', 'ml.m5.xlarge']),
  }),
  InputDataConfig: z
    .array(
      z.strictObject({
        ChannelName: z.string().max(8),
        Source: z.union([z.strictObject({ Uri: z.string() }), z.strictObject({ Arn: z.string().min(5) })]).optional(),
      }),
    )
    .max(2)
    .default([]),
  EnableSpot: z.boolean().optional(),
});
const valid = { TrainingJobName: 'job', ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large' } };
const operation = { input: grammar, needs: () => [], run: () => ({}) };
const refusal = (change: object, service = 'sagemaker', textual = false) => {
  try {
    validate(service, 'CreateTrainingJob', operation, { ...structuredClone(valid), ...change }, textual);
  } catch (error) {
    return error;
  }
  return undefined;
};
const failed = (member: string, constraint: string) =>
  `1 validation error detected: Value ${member} failed to satisfy constraint: Member must ${constraint}`;

describe('what is wrong with an input', () => {
  test.each<[object, string]>([
    [{ TrainingJobName: 'A b' }, failed("'A b' at 'trainingJobName'", 'satisfy regular expression pattern: ^[a-z-]+$')],
    [{ TrainingJobName: undefined }, failed("null at 'trainingJobName'", 'not be null')],
    [
      { ResourceConfig: { InstanceCount: 6, InstanceType: 'ml.m5.large' } },
      failed("'6' at 'resourceConfig.instanceCount'", 'have value less than or equal to 5'),
    ],
    [
      { ResourceConfig: { InstanceCount: 1, InstanceType: 'x' } },
      failed("'x' at 'resourceConfig.instanceType'", 'satisfy enum value set: [ml.m5.large, ml.m5.xlarge]'),
    ],
    [
      { InputDataConfig: [{ ChannelName: 'train' }, { ChannelName: 'much too long' }] },
      failed("'much too long' at 'inputDataConfig.2.member.channelName'", 'have length less than or equal to 8'),
    ],
    [
      { InputDataConfig: [1, 2, 3].map(() => ({ ChannelName: 'a' })) },
      failed(
        `'[{"ChannelName":"a"},{"ChannelName":"a"},{"ChannelName":"a"}]' at 'inputDataConfig'`,
        'have length less than or equal to 2',
      ),
    ],
    [
      { InputDataConfig: [{ ChannelName: 'a', Source: { Arn: 'x' } }] },
      failed("'x' at 'inputDataConfig.1.member.source.arn'", 'have length greater than or equal to 5'),
    ],
  ])('%j', (change, message) => {
    expect(refusal(change)).toMatchObject({ code: 'ValidationException', message, status: 400 });
  });

  test('several findings are listed', () => {
    expect(
      refusal({
        TrainingJobName: 'A',
        EnableSpot: undefined,
        ResourceConfig: { InstanceCount: 0, InstanceType: 'ml.m5.large' },
      }),
    ).toMatchObject({
      message: expect.stringMatching(/^2 validation errors detected: Value 'A' at .*; Value '0' at /) as unknown,
    });
  });

  test('a member of another type never reaches the validation', () => {
    expect(refusal({ EnableSpot: 'yes' })).toMatchObject({
      code: 'SerializationException',
      message: "Expected a value of type boolean at 'enableSpot', got string",
    });
  });

  test('members that would be ignored are named with their path', () => {
    expect(refusal({ ResourceConfig: { ...valid.ResourceConfig, KeepAlive: 1 } })).toMatchObject({
      code: 'NotImplemented',
      status: 501,
      message: 'NotImplemented: CreateTrainingJob.ResourceConfig.KeepAlive is not supported by this runtime',
    });
    expect(refusal({ Experiment: {} })).toMatchObject({
      message: expect.stringContaining('members known here: TrainingJobName, ResourceConfig') as unknown,
    });
  });

  test('services have their own names for it', () => {
    expect(refusal({ TrainingJobName: 'A' }, 'sns')).toMatchObject({ code: 'InvalidParameter' });
    expect(refusal({ TrainingJobName: 'A' }, 'iam')).toMatchObject({ code: 'ValidationError' });
  });

  test('text of a form or query takes the type that is expected, and only where it is that', () => {
    const asText = {
      ResourceConfig: { InstanceCount: '2', InstanceType: 'ml.m5.large' },
      EnableSpot: 'false',
      InputDataConfig: '',
    };
    expect(validate('sns', 'X', operation, { ...valid, ...structuredClone(asText) }, true)).toMatchObject({
      ResourceConfig: { InstanceCount: 2 },
      EnableSpot: false,
      InputDataConfig: [],
    });
    expect(refusal(asText)).toMatchObject({ code: 'SerializationException' });
    expect(refusal({ EnableSpot: 'maybe' }, 'sagemaker', true)).toMatchObject({ code: 'SerializationException' });
  });
});
