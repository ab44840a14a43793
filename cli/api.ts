/** The HTTP API, with every call signed as the root user of the connection. */
import { AwsClient } from 'aws4fetch';
import type { Prediction } from '../data/recipe.ts';
import type { ModelView } from '../spec/modelVersion.ts';
import type { Approval, ApprovalAnswer } from '../spec/approval.ts';
import type { PipelineCosts } from '../spec/costs.ts';
import type { EndpointView } from '../spec/endpointView.ts';
import type { Pipeline } from '../spec/pipeline.ts';
import type { RunRecord, RunView, Started } from '../spec/run.ts';
import type { Weights } from '../spec/weights.ts';
import type { Connection } from './connection.ts';

export type { RunView };

/** GET /pipelines/{name}: the file, and every setting with its default where it is valid. */
export interface PipelineView {
  versionId?: string;
  text?: string;
  problem?: string;
  pipeline?: Pipeline;
}

/** An answer other than 2xx, in the API's own words. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

export const openApi = ({ apiUrl, credentials, region }: Connection) => {
  const client = new AwsClient({ ...credentials, region, service: 'execute-api', retries: 3 });
  const send = async (
    method: string,
    path: string,
    body?: string,
    contentType = 'application/json',
    headers: Record<string, string> = {},
  ) => {
    const answer = await client.fetch(`${apiUrl}${path}`, {
      method,
      ...(body !== undefined && { body, headers: { 'content-type': contentType, ...headers } }),
    });
    const value = (await answer.json()) as { detail?: string; message?: string };
    if (!answer.ok)
      throw new ApiError(value.detail ?? value.message ?? `${method} ${path} answered ${answer.status}`, answer.status);
    return value;
  };
  return {
    /** Any route, also one that no command needs. */
    ask: send,
    getRun: (runId: string) => send('GET', `/runs/${encodeURIComponent(runId)}`) as Promise<RunView>,
    listRuns: (limit: number) => send('GET', `/runs?limit=${limit}`) as Promise<{ runs: RunRecord[]; cursor?: string }>,
    startRun: (pipeline: string, body: { key: string; versionId?: string }) =>
      send('POST', `/pipelines/${pipeline}/runs`, JSON.stringify(body)) as Promise<Started>,
    startBatch: (pipeline: string, body: { key: string; versionId?: string; idempotencyKey?: string }) =>
      send('POST', `/pipelines/${pipeline}/batches`, JSON.stringify(body)) as Promise<Started>,
    stopRun: (runId: string) =>
      send('POST', `/runs/${encodeURIComponent(runId)}/stop`) as Promise<{ stopping: boolean }>,
    retryRun: (runId: string) => send('POST', `/runs/${encodeURIComponent(runId)}/retry`) as Promise<Started>,
    getCosts: (query: { month: string; pipeline?: string; cursor?: string }) =>
      send('GET', `/costs?${new URLSearchParams(query).toString()}`) as Promise<{
        month: string;
        pipelines: PipelineCosts[];
        cursor?: string;
      }>,
    /** Undefined when the pipeline has no file. */
    getPipeline: (name: string) =>
      send('GET', `/pipelines/${name}`).catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 404) return undefined;
        throw error;
      }) as Promise<PipelineView | undefined>,
    putPipeline: (name: string, text: string) =>
      send('PUT', `/pipelines/${name}`, text, 'application/yaml') as Promise<{ versionId?: string; changed: boolean }>,
    answerApproval: (runId: string, answer: ApprovalAnswer) =>
      send('POST', `/runs/${encodeURIComponent(runId)}/approval`, JSON.stringify(answer)) as Promise<{
        approval: Approval;
      }>,
    listModels: (pipeline: string, limit: number) =>
      send('GET', `/pipelines/${pipeline}/models?limit=${limit}`) as Promise<{ models: ModelView[]; cursor?: string }>,
    deployModel: (pipeline: string, body: { action: 'promote' | 'rollback'; version?: number }, key: string) =>
      send('POST', `/pipelines/${pipeline}/deployments`, JSON.stringify(body), undefined, {
        'idempotency-key': key,
      }) as Promise<{ runId: string; version: number; started: boolean }>,
    /** Throws an ApiError of status 404 when there is none. */
    getEndpoint: (pipeline: string) => send('GET', `/pipelines/${pipeline}/endpoint`) as Promise<EndpointView>,
    putWeights: (pipeline: string, weights: Weights) =>
      send('PUT', `/pipelines/${pipeline}/endpoint/weights`, JSON.stringify(weights)) as Promise<{
        endpointName: string;
      }>,
    undeploy: (pipeline: string) =>
      send('DELETE', `/pipelines/${pipeline}/endpoint`) as Promise<{ endpointName: string }>,
    answerModel: (pipeline: string, version: number, answer: ApprovalAnswer) =>
      send('POST', `/pipelines/${pipeline}/models/${version}/approval`, JSON.stringify(answer)) as Promise<{
        status: string;
        decision: string;
        runId?: string;
      }>,
    predictRows: (pipeline: string, rows: readonly Record<string, unknown>[]) =>
      send('POST', `/pipelines/${pipeline}/predictions`, JSON.stringify({ rows })) as Promise<{
        model: string;
        variant: string;
        predictions: Prediction[];
      }>,
    predictCsv: (pipeline: string, csv: string) =>
      send('POST', `/pipelines/${pipeline}/predictions`, csv, 'text/csv') as Promise<{
        model: string;
        variant: string;
        predictions: Prediction[];
      }>,
  };
};

export type Api = ReturnType<typeof openApi>;
