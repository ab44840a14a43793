/** Every service of the runtime. What a service cannot know, the containers that play images, is given by who opens it. */
import type { ServiceFactory } from '../operation.ts';
import { apigateway, executeApi } from './apigateway/index.ts';
import { cloudwatch } from './cloudwatch/index.ts';
import { dynamodb } from './dynamodb/index.ts';
import { events } from './events/index.ts';
import { iam } from './iam/index.ts';
import { lambda } from './lambda/index.ts';
import { logs } from './logs/index.ts';
import { s3 } from './s3/index.ts';
import { sagemaker, type SageMakerOptions } from './sagemaker/index.ts';
import { scheduler } from './scheduler/index.ts';
import { sns } from './sns/index.ts';
import { sqs } from './sqs/index.ts';
import { states } from './states/index.ts';
import { sts } from './sts/index.ts';

export const allServices = (options: SageMakerOptions): ServiceFactory[] => [
  apigateway,
  cloudwatch,
  dynamodb,
  executeApi,
  events,
  iam,
  lambda,
  logs,
  s3,
  sagemaker(options),
  scheduler,
  sns,
  sqs,
  states,
  sts,
];
