/**
 * Entry of the thread or process a function runs in: loads the handler once, then answers one invocation after the other.
 * The order is: patch the surroundings, load, say `ready`, and only then take events.
 */
import { format } from 'node:util';
import { systemClock } from '../../clock.ts';
import { faultOf, loadHandler, type Handler } from './handlerLoading.ts';
import { openSandboxPort } from './sandboxPort.ts';
import type { Invocation } from './sandboxProtocol.ts';

const { data, tell, tellAndExit, hear, usedMb } = openSandboxPort();

let requestId = '';
const partial = { stdout: '', stderr: '' };

/** Raw writes become one log line per line; the rest waits for its newline or for the end of the invocation. */
const captureStream = (name: 'stdout' | 'stderr') => {
  const write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => {
    const lines = (partial[name] + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())).split('\n');
    partial[name] = lines.pop() ?? '';
    for (const text of lines) tell({ kind: 'line', text });
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') queueMicrotask(() => callback());
    return true;
  };
  process[name].write = write;
};

const flushPartial = () => {
  for (const name of ['stdout', 'stderr'] as const) {
    if (partial[name]) tell({ kind: 'line', text: partial[name] });
    partial[name] = '';
  }
};

const consoleLevels = {
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  debug: 'DEBUG',
  trace: 'TRACE',
} as const;

const timestamp = () => new Date(systemClock.now()).toISOString();

const writeLog = (level: string, text: string) =>
  tell({ kind: 'line', text: `${timestamp()}\t${requestId || 'undefined'}\t${level}\t${text}` });

const captureConsole = () => {
  for (const [method, level] of Object.entries(consoleLevels))
    Reflect.set(console, method, (...parts: unknown[]) => writeLog(level, format(...parts)));
};

const refuseStreaming = () => {
  throw new Error('Response streaming is not supported by this runtime; return the whole response');
};

const contextOf = (invocation: Invocation) => {
  const deadline = systemClock.now() + invocation.remaining;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: '$LATEST',
    functionName: data.functionName,
    memoryLimitInMB: String(data.memorySize),
    logGroupName: data.logGroupName,
    logStreamName: data.logStreamName,
    clientContext: invocation.clientContext ? JSON.parse(invocation.clientContext) : undefined,
    identity: undefined,
    invokedFunctionArn: data.functionArn,
    awsRequestId: invocation.requestId,
    getRemainingTimeInMillis: () => Math.max(0, deadline - systemClock.now()),
  };
};

const answer = async (handler: Handler, invocation: Invocation) => {
  requestId = invocation.requestId;
  try {
    const result = await handler(JSON.parse(invocation.payload), contextOf(invocation));
    const payload = JSON.stringify(result) ?? 'null';
    flushPartial();
    tell({ kind: 'result', requestId, payload, usedMb: usedMb() });
  } catch (thrown) {
    const fault = faultOf(thrown);
    writeLog('ERROR', `Invoke Error \t${JSON.stringify({ ...fault, trace: undefined, stack: fault.trace })}`);
    flushPartial();
    tell({ kind: 'fault', requestId, fault, usedMb: usedMb() });
  }
};

/** What no handler's promise carries ends the execution environment, as on AWS. */
const endOn = (event: 'uncaughtException' | 'unhandledRejection', label: string) =>
  process.on(event, (thrown: unknown) => {
    const fault = faultOf(thrown);
    writeLog('ERROR', `${label} \t${JSON.stringify({ ...fault, trace: undefined, stack: fault.trace })}`);
    flushPartial();
    tellAndExit({
      kind: 'fatal',
      fault:
        event === 'unhandledRejection'
          ? { ...fault, errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: String(thrown) }
          : fault,
    });
  });

captureStream('stdout');
captureStream('stderr');
captureConsole();
endOn('uncaughtException', 'Uncaught Exception');
endOn('unhandledRejection', 'Unhandled Promise Rejection');
process.cwd = () => data.taskRoot;
Object.assign(globalThis, { awslambda: { streamifyResponse: refuseStreaming } });

try {
  const handler = await loadHandler(data.taskRoot, data.handler);
  hear((invocation) => void answer(handler, invocation));
  tell({ kind: 'ready' });
} catch (thrown) {
  const fault = faultOf(thrown);
  writeLog('ERROR', `Uncaught Exception \t${JSON.stringify({ ...fault, trace: undefined, stack: fault.trace })}`);
  tellAndExit({ kind: 'fatal', fault });
}
