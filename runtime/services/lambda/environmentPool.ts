import { delimiter, join } from 'node:path';
import { AwsError, type Principal, type World } from '../../operation.ts';
import { bundleFolder, layerFolder } from './bundle.ts';
import { startEnvironment, type Environment, type Outcome } from './environment.ts';
import { newLogStreamName, openFunctionLog, type FunctionLog } from './functionLog.ts';
import { measureFunction } from './functionMetrics.ts';
import type { FunctionRecord } from './functionRecord.ts';
import { startProcess } from './processCarrier.ts';
import { sandboxEntry } from './sandboxEntry.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from './temporaryFolder.ts';
import { startThread } from './threadCarrier.ts';

/** What one invocation came to, with the end of its log. */
export interface Invoked extends Outcome {
  /** The last 4 KB of what this invocation logged, START to REPORT. */
  logTail: string;
}

export interface InvocationEvent {
  requestId: string;
  /** JSON text. */
  payload: string;
  /** JSON text. */
  clientContext?: string;
}

/**
 * The execution environments of all functions. An idle one is used again by the same generation of its function, the most
 * recently used first, so that the others grow old and are retired.
 */
export interface EnvironmentPool {
  /** Runs one event in a warm or a new environment. Throws TooManyRequestsException; function errors are in the outcome. */
  run(fn: FunctionRecord, event: InvocationEvent): Promise<Invoked>;
  /** Ends the idle environments of a function whose code or configuration changed; busy ones end with their event. */
  retire(functionName: string): void;
  close(): Promise<void>;
}

interface Pooled {
  environment: Environment;
  log: FunctionLog;
  temporaryFolder: string;
  functionName: string;
  generation: number;
  stopIdling: () => void;
}

/**
 * Idle environments are ended after five minutes, or earlier when more than this many wait. Fewer than a stack has functions
 * would be none at all for a workflow that calls them in turn: each would have ended before its turn comes again.
 */
const idleLimit = 5 * 60_000;
const mostIdle = 48;
/** The account's concurrency on one machine: each environment has a heap of its own. */
const mostRunning = 64;
const tailBytes = 4096;

export const createEnvironmentPool = (world: World): EnvironmentPool => {
  const idle: Pooled[] = [];
  const busy = new Set<Pooled>();
  const generations = new Map<string, number>();
  let closed = false;

  const end = async (pooled: Pooled) => {
    pooled.stopIdling();
    const at = idle.indexOf(pooled);
    if (at >= 0) idle.splice(at, 1);
    await pooled.environment.close();
    await removeTemporaryFolder(pooled.temporaryFolder);
  };

  const start = (fn: FunctionRecord): Pooled => {
    const logStreamName = newLogStreamName(world);
    const temporaryFolder = makeTemporaryFolder(world);
    const environment = startEnvironment({
      entry: sandboxEntry(),
      clock: world.clock,
      carry: carrierOf(fn),
      data: {
        taskRoot: bundleFolder(world, fn.name, fn.codeSha256),
        handler: fn.handler,
        functionName: fn.name,
        functionArn: fn.arn,
        memorySize: fn.memorySize,
        logGroupName: fn.logGroup,
        logStreamName,
      },
      env: environmentVariables(world, fn, logStreamName, temporaryFolder),
    });
    const log = openFunctionLog(world, rolePrincipal(world, fn), fn.logGroup, logStreamName);
    return {
      environment,
      log,
      temporaryFolder,
      functionName: fn.name,
      generation: fn.generation,
      stopIdling: () => {},
    };
  };

  const acquire = (fn: FunctionRecord): Pooled => {
    const running = [...busy].filter((pooled) => pooled.functionName === fn.name).length;
    if (fn.reservedConcurrency !== undefined && running >= fn.reservedConcurrency)
      throw throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
    if (busy.size >= mostRunning) throw throttled('ConcurrentInvocationLimitExceeded');
    generations.set(fn.name, fn.generation);
    const warm = idle.findLast((pooled) => pooled.functionName === fn.name && pooled.generation === fn.generation);
    if (warm) idle.splice(idle.indexOf(warm), 1);
    warm?.stopIdling();
    const pooled = warm?.environment.alive ? warm : start(fn);
    busy.add(pooled);
    return pooled;
  };

  const acquired = (fn: FunctionRecord): Pooled => {
    try {
      return acquire(fn);
    } catch (error) {
      measureFunction(world, fn.name, { Throttles: 1 });
      throw error;
    }
  };

  const release = (pooled: Pooled) => {
    busy.delete(pooled);
    const current = pooled.generation === generations.get(pooled.functionName);
    if (closed || !pooled.environment.alive || !current) {
      void end(pooled);
      return;
    }
    pooled.stopIdling = world.clock.alarm(world.clock.now() + idleLimit, () => void end(pooled));
    idle.push(pooled);
    if (idle.length > mostIdle && idle[0]) void end(idle[0]);
  };

  return {
    async run(fn, event) {
      if (closed) throw new AwsError('ServiceException', 'The runtime is stopping', 500);
      const pooled = acquired(fn);
      let tail = '';
      const write = (text: string) => {
        tail = (tail + text + (text.endsWith('\n') ? '' : '\n')).slice(-tailBytes);
        pooled.log.write(text);
      };
      try {
        write(`START RequestId: ${event.requestId} Version: $LATEST`);
        const outcome = await pooled.environment.run(event, fn.timeout, write);
        write(`END RequestId: ${event.requestId}`);
        write(reportLine(fn, event.requestId, outcome));
        const Errors = outcome.fault ? 1 : 0;
        measureFunction(world, fn.name, { Invocations: 1, Errors, Throttles: 0, Duration: outcome.duration });
        return { ...outcome, logTail: tail };
      } finally {
        release(pooled);
      }
    },
    retire(functionName) {
      generations.delete(functionName);
      for (const pooled of idle.filter((one) => one.functionName === functionName)) void end(pooled);
    },
    async close() {
      closed = true;
      const all = [...idle, ...busy];
      await Promise.all(all.map(end));
      await Promise.all(all.map((pooled) => pooled.log.drained()));
    },
  };
};

const throttled = (reason: string) =>
  new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason: reason, Type: 'User' });

const rolePrincipal = (world: World, fn: FunctionRecord): Principal => ({
  kind: 'role',
  roleArn: fn.role,
  sessionName: fn.name,
  arn: `arn:${world.partition}:sts::${world.accountId}:assumed-role/${fn.role.split('/').at(-1)}/${fn.name}`,
});

/** Layers are where native code comes from, and that only a process holds safely. */
const carrierOf = ({ layers = [] }: FunctionRecord) => (layers.length > 0 ? startProcess : startThread);

/** The function's variables and those Lambda reserves; nothing else reaches the worker. */
const environmentVariables = (
  world: World,
  fn: FunctionRecord,
  logStreamName: string,
  temporaryFolder: string,
): Record<string, string> => {
  const credentials = world.credentialsFor(fn.role, fn.name);
  const nodePath = nodePathOf(world, fn);
  return {
    TMPDIR: temporaryFolder,
    ...(nodePath && { NODE_PATH: nodePath }),
    ...fn.environment,
    AWS_REGION: world.region,
    AWS_DEFAULT_REGION: world.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: credentials.sessionToken }),
    AWS_ENDPOINT_URL: world.endpoint,
    AWS_EXECUTION_ENV: `AWS_Lambda_${fn.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memorySize),
    AWS_LAMBDA_LOG_GROUP_NAME: fn.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    LAMBDA_TASK_ROOT: bundleFolder(world, fn.name, fn.codeSha256),
    _HANDLER: fn.handler,
    TZ: ':UTC',
  };
};

/**
 * Where `require` finds the packages of the layers, as in /opt/nodejs on AWS (developer guide, "Packaging your layer content").
 * The last layer comes first, because on AWS its files lie over those of the others.
 */
const nodePathOf = (world: World, { layers = [], runtime }: FunctionRecord): string => {
  const version = /^nodejs(\d+)/.exec(runtime)?.[1];
  const folders = layers.toReversed().map(({ codeSha256 }) => join(layerFolder(world, codeSha256), 'nodejs'));
  return [`node${version}/node_modules`, 'node_modules']
    .flatMap((place) => folders.map((folder) => join(folder, place)))
    .join(delimiter);
};

const reportLine = (fn: FunctionRecord, requestId: string, outcome: Outcome) =>
  [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${outcome.duration.toFixed(2)} ms`,
    `Billed Duration: ${Math.max(1, Math.ceil(outcome.duration + (outcome.initDuration ?? 0)))} ms`,
    `Memory Size: ${fn.memorySize} MB`,
    `Max Memory Used: ${outcome.usedMb} MB`,
    ...(outcome.initDuration === undefined ? [] : [`Init Duration: ${outcome.initDuration.toFixed(2)} ms`]),
    '',
  ].join('\t');
