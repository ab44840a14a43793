/** The CloudFormation types that the runtime brings about, by name. */
import type { ResourceType } from '../resource.ts';
import { alarm } from './alarm.ts';
import { bucket } from './bucket.ts';
import { bucketPolicy } from './bucketPolicy.ts';
import { dashboard } from './dashboard.ts';
import { eventInvokeConfig } from './eventInvokeConfig.ts';
import { httpApi } from './httpApi.ts';
import { httpApiIntegration } from './httpApiIntegration.ts';
import { httpApiRoute } from './httpApiRoute.ts';
import { httpApiStage } from './httpApiStage.ts';
import { lambdaFunction } from './lambdaFunction.ts';
import { layerVersion } from './layerVersion.ts';
import { logGroup } from './logGroup.ts';
import { permission } from './permission.ts';
import { queue } from './queue.ts';
import { queuePolicy } from './queuePolicy.ts';
import { role } from './role.ts';
import { rule } from './rule.ts';
import { schedule } from './schedule.ts';
import { scheduleGroup } from './scheduleGroup.ts';
import { stateMachine } from './stateMachine.ts';
import { subscription } from './subscription.ts';
import { table } from './table.ts';
import { topic } from './topic.ts';

// eslint-disable-next-line typescript/no-explicit-any -- a registry holds types of every kind of properties
export const resourceTypes: Readonly<Record<string, ResourceType<any>>> = {
  'AWS::ApiGatewayV2::Api': httpApi,
  'AWS::ApiGatewayV2::Integration': httpApiIntegration,
  'AWS::ApiGatewayV2::Route': httpApiRoute,
  'AWS::ApiGatewayV2::Stage': httpApiStage,
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::Dashboard': dashboard,
  'AWS::DynamoDB::Table': table,
  'AWS::Events::Rule': rule,
  'AWS::IAM::Role': role,
  'AWS::Lambda::EventInvokeConfig': eventInvokeConfig,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::LayerVersion': layerVersion,
  'AWS::Lambda::Permission': permission,
  'AWS::Logs::LogGroup': logGroup,
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': bucketPolicy,
  'AWS::Scheduler::Schedule': schedule,
  'AWS::Scheduler::ScheduleGroup': scheduleGroup,
  'AWS::SNS::Subscription': subscription,
  'AWS::SNS::Topic': topic,
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': queuePolicy,
  'AWS::StepFunctions::StateMachine': stateMachine,
};
