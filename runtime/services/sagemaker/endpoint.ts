/** Records of endpoints and their configurations, and the event that announces a change. */
import type * as z from 'zod';
import type { ServiceEvent } from '../../operation.ts';
import type { createEndpointConfigInput } from './createEndpointConfig.ts';
import type { DeploymentConfig } from './deploymentConfig.ts';
import type { ServableModel } from './model.ts';
import { activeInstances, statusMessage, stepsOf, type Rollout } from './rollout.ts';

type ConfigRequest = z.infer<typeof createEndpointConfigInput>;

export type EndpointConfig = Omit<ConfigRequest, 'Tags'> & { EndpointConfigArn: string; CreationTime: number };

export type EndpointStatus =
  'Creating' | 'InService' | 'Updating' | 'RollingBack' | 'Deleting' | 'Failed' | 'UpdateRollbackFailed';

/** A variant with its model resolved: deleting the configuration or the model does not touch what is deployed. */
export interface Variant {
  VariantName: string;
  weight: number;
  instanceCount: number;
  model: ServableModel;
  /** The variant's own start-up time (ms), if it names one. */
  startup?: number;
}

/** One fleet: what is, or will be, in service. */
export interface Deployment {
  EndpointConfigName: string;
  /** Counts up with every fleet of the endpoint; names its folder. */
  generation: number;
  variants: Variant[];
}

export interface Endpoint {
  EndpointName: string;
  EndpointArn: string;
  EndpointStatus: EndpointStatus;
  FailureReason?: string;
  /** Epoch seconds. */
  CreationTime: number;
  LastModifiedTime: number;
  LastDeploymentConfig?: DeploymentConfig;
  /** Takes the traffic; absent until the first fleet is in service. */
  current?: Deployment;
  /** Is being built. */
  next?: Deployment;
  /** How far `next` has come. */
  rollout?: Rollout;
  /** When `next` was asked for, epoch seconds. */
  updateStarted?: number;
}

/** Statuses in which an endpoint answers requests. */
export const serves = ({ EndpointStatus, current }: Endpoint): boolean =>
  current !== undefined && ['InService', 'Updating', 'RollingBack', 'UpdateRollbackFailed'].includes(EndpointStatus);

/** Statuses in which an endpoint can be neither updated nor deleted. */
export const isBusy = ({ EndpointStatus }: Endpoint): boolean =>
  ['Creating', 'Updating', 'RollingBack', 'Deleting'].includes(EndpointStatus);

const ms = (seconds: number) => Math.round(seconds * 1000);

const upperSnake = (status: string) => status.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();

/** DescribeEndpoint's summary of the variants of a fleet; `desired` has other weights and instances while they change. */
export const variantSummaries = ({ variants, generation }: Deployment, desired?: Deployment) =>
  variants.map(({ VariantName, weight, instanceCount, model }) => {
    const changing = desired?.generation === generation ? desired.variants : [];
    const wanted = changing.find((it) => it.VariantName === VariantName) ?? { weight, instanceCount };
    return {
      VariantName,
      DeployedImages: [{ SpecifiedImage: model.image, ResolvedImage: model.image }],
      CurrentWeight: weight,
      DesiredWeight: wanted.weight,
      CurrentInstanceCount: instanceCount,
      DesiredInstanceCount: wanted.instanceCount,
    };
  });

/** What is to come, stage by stage: only while an endpoint is created, or updated with a new configuration. */
export const pendingDeployment = (endpoint: Endpoint) => {
  const { current, next, rollout, updateStarted, LastDeploymentConfig } = endpoint;
  if (!next || next.generation === current?.generation) return undefined;
  const stage: Rollout = rollout ?? { status: 'Creating', since: updateStarted ?? 0, share: 0, step: 0 };
  const steps = stepsOf(LastDeploymentConfig, next);
  const summaries = variantSummaries(next).map((summary, index) => {
    const { instanceCount = 1 } = next.variants[index] ?? {};
    return {
      ...summary,
      CurrentInstanceCount: activeInstances(instanceCount, stage.share),
      VariantStatus: [
        { Status: stage.status, StatusMessage: statusMessage(stage, instanceCount, steps), StartTime: stage.since },
      ],
    };
  });
  return {
    EndpointConfigName: next.EndpointConfigName,
    ProductionVariants: summaries,
    ...(updateStarted !== undefined && { StartTime: updateStarted }),
  };
};

/** "SageMaker Endpoint Deployment State Change": the state with what is pending, at each stage of an update. */
export const deploymentEvent = (endpoint: Endpoint, tags: Readonly<Record<string, string>>): ServiceEvent => {
  const { detail, ...event } = endpointEvent(endpoint, tags);
  const PendingDeploymentSummary = pendingDeployment(endpoint);
  const detailType = 'SageMaker Endpoint Deployment State Change';
  return { ...event, detailType, detail: { ...(detail as object), PendingDeploymentSummary } };
};

/** "SageMaker Endpoint State Change": times in epoch milliseconds, the status in upper snake case. */
export const endpointEvent = (endpoint: Endpoint, Tags: Readonly<Record<string, string>>): ServiceEvent => {
  const shown = endpoint.current ?? endpoint.next;
  return {
    source: 'aws.sagemaker',
    detailType: 'SageMaker Endpoint State Change',
    resources: [endpoint.EndpointArn],
    detail: {
      EndpointName: endpoint.EndpointName,
      EndpointArn: endpoint.EndpointArn,
      EndpointConfigName: shown?.EndpointConfigName,
      ...(shown && { ProductionVariants: variantSummaries(shown, endpoint.next) }),
      EndpointStatus: upperSnake(endpoint.EndpointStatus),
      ...(endpoint.FailureReason !== undefined && { FailureReason: endpoint.FailureReason }),
      CreationTime: ms(endpoint.CreationTime),
      LastModifiedTime: ms(endpoint.LastModifiedTime),
      Tags,
    },
  };
};
