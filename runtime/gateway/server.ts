/**
 * The HTTP side: detect → authenticate → parse → dispatch → answer. Nothing is read of a body before the caller is known, so
 * a client that waits for "100 Continue" learns of a refusal without sending its gigabytes.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { systemClock } from '../clock.ts';
import { errorCode } from '../errorCode.ts';
import { AwsError, type HttpRequest, type Service, type World } from '../operation.ts';
import { guessWire, wireOf } from '../protocols/index.ts';
import type { Exchange, Wire, WireAnswer } from '../protocols/wire.ts';
import type { Authenticate } from './authenticate.ts';
import { scopeOf, serviceOf } from './detect.ts';
import { serviceNamed, type Dispatch } from './dispatch.ts';
import { toHttpRequest } from './request.ts';
import { refuseStrangers } from './sameMachine.ts';

export interface GatewayParts {
  world: World;
  services: ReadonlyMap<string, Service>;
  authenticate: Authenticate;
  dispatch: Dispatch;
}

const asAwsError = (error: unknown, world: World, exchange: Exchange): AwsError => {
  if (error instanceof AwsError) {
    if (error.status >= 500) world.log('warn', error.message, { ...exchange, code: error.code });
    return error;
  }
  if (errorCode(error) === 'ECONNRESET')
    return new AwsError('IncompleteBody', 'The connection was closed before the whole body had arrived');
  const stack = error instanceof Error ? error.stack : String(error);
  world.log('error', 'an operation failed unexpectedly', { ...exchange, stack });
  return new AwsError(
    'InternalFailure',
    `Unexpected failure; the runtime's log has it as request ${exchange.requestId}`,
    500,
  );
};

const send = async (response: ServerResponse, answer: WireAnswer, headers: Record<string, string>, bare: boolean) => {
  const { status, body } = answer;
  const all: Record<string, string | number> = { ...answer.headers, ...headers };
  if (typeof body === 'string' || body instanceof Uint8Array) {
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    // An answer to HEAD states the length of what GET would send, which only the operation knows.
    if (status !== 204 && status !== 304 && !('content-length' in all && bare)) all['content-length'] = length;
    response.writeHead(status, all);
    response.end(bare ? undefined : body);
    return;
  }
  response.writeHead(status, all);
  if (bare) response.end();
  else await pipeline(body, response);
};

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const answerTo = async (
  { world, services, authenticate, dispatch }: GatewayParts,
  raw: HttpRequest,
  exchange: Exchange,
): Promise<WireAnswer> => {
  let wire: Wire = guessWire(raw);
  try {
    refuseStrangers(raw);
    const scope = scopeOf(raw);
    const name = serviceOf(raw, scope);
    if (name) {
      exchange.service = name;
      const service = services.get(name);
      if (service) wire = wireOf(service, raw);
    }
    const { principal, request } = await authenticate(raw, scope);
    const service = serviceNamed(services, exchange.service);
    const { operation, input, textual } = await wire.parse(request, service);
    exchange.operation = operation;
    const { requestId } = exchange;
    const output = await dispatch({
      principal,
      service: service.name,
      operation,
      input,
      requestId,
      textual,
      http: request,
    });
    return wire.output(output, exchange);
  } catch (error) {
    const known = asAwsError(error, world, exchange);
    const answer = wire.error(known, exchange);
    return { ...answer, headers: { ...answer.headers, ...known.headers } };
  }
};

const serve = async (parts: GatewayParts, message: IncomingMessage, response: ServerResponse, awaited: boolean) => {
  const { world } = parts;
  const started = world.clock.now();
  let waiting = awaited;
  const raw = toHttpRequest(message, () => {
    if (waiting) response.writeContinue();
    waiting = false;
  });
  const requestId = world.ids.uuid();
  const exchange: Exchange = { service: '', operation: '', requestId, resource: raw.path };
  const answer = await answerTo(parts, raw, exchange);
  const headers: Record<string, string> = {
    'x-amzn-requestid': requestId,
    date: new Date(world.clock.now()).toUTCString(),
    server: 'Sluice',
  };
  if (exchange.service === 's3') Object.assign(headers, { 'x-amz-request-id': requestId, 'x-amz-id-2': requestId });
  // A client still waiting for "100 Continue" will not send its body: the connection cannot be used again.
  if (waiting) headers['connection'] = 'close';
  try {
    await send(response, { ...answer, headers: lowerCased(answer.headers) }, headers, raw.method === 'HEAD');
  } catch (error) {
    // The status is out already: cutting the connection is the only way left to say that the body is not whole.
    response.destroy();
    const left = errorCode(error) === 'ERR_STREAM_PREMATURE_CLOSE';
    world.log(
      left ? 'debug' : 'warn',
      left ? 'the client left before the end of the answer' : 'an answer was cut off',
      { ...exchange, error: String(error) },
    );
  }
  if (!message.complete && !waiting) message.resume();
  const { service, operation } = exchange;
  const ms = world.clock.now() - started;
  world.log('debug', 'request', {
    service,
    operation,
    method: raw.method,
    path: raw.path,
    status: answer.status,
    ms,
    requestId,
  });
};

export interface Gateway {
  readonly endpoint: string;
  /** Lets requests in; those that came earlier have waited. */
  open(parts: GatewayParts): void;
  /**
   * Leaves requests that come from now on without an answer: while services stop, an error would be taken for an outcome,
   * by a function under way for one, and recorded; a cut connection is not.
   */
  hold(): void;
  /** Stops listening, lets what is under way end for `grace` ms, then cuts all connections. */
  close(grace: number): Promise<void>;
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause: Error) => {
      const inUse = errorCode(cause) === 'EADDRINUSE';
      const text = inUse
        ? `Port ${port} of 127.0.0.1 is in use: stop the program that has it, or choose another port (0 takes any free one)`
        : `Cannot listen on 127.0.0.1:${port}: ${cause.message}`;
      reject(new Error(text, { cause }));
    });
    server.listen(port, '127.0.0.1', () => resolve());
  });

/** Listens on the loopback interface only. */
export const openGateway = async (port: number): Promise<Gateway> => {
  let admit: (parts: GatewayParts) => void = () => {};
  const admitted = new Promise<GatewayParts>((resolve) => (admit = resolve));
  // Uploads of gigabytes take their time; keep-alive must outlast the idle time of SDK clients, or they meet closed sockets.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 75_000, maxHeaderSize: 64 * 1024, noDelay: true });
  let holding = false;
  let active = 0;
  let ended = () => {};
  const handle = (awaited: boolean) => (message: IncomingMessage, response: ServerResponse) => {
    // A reset by the peer surfaces here too; whoever reads the body gets the same error.
    message.on('error', () => {});
    response.on('error', () => {});
    if (holding) return;
    active++;
    response.once('close', () => {
      active--;
      if (active === 0) ended();
    });
    admitted.then((parts) => serve(parts, message, response, awaited)).catch(() => response.destroy());
  };
  server.on('request', handle(false));
  server.on('checkContinue', handle(true));
  await listen(server, port);
  const address = server.address();
  const bound = address !== null && typeof address === 'object' ? address.port : port;
  return {
    endpoint: `http://127.0.0.1:${bound}`,
    open: (parts) => admit(parts),
    hold() {
      holding = true;
    },
    async close(grace) {
      holding = true;
      const closed = new Promise((resolve) => server.close(resolve));
      if (active > 0)
        await new Promise<void>((resolve) => {
          // Real time, whatever the services' clock shows: this waits for sockets.
          const cancel = systemClock.alarm(systemClock.now() + grace, resolve);
          ended = () => {
            cancel();
            resolve();
          };
        });
      server.closeAllConnections();
      await closed;
    },
  };
};
