/**
 * The embedded AWS: one process, one loopback port, one data folder. Services are registered before the gateway opens and
 * started after it. Closing holds new requests, stops the services, last one first, and flushes the journal at the very end.
 */
import { join } from 'node:path';
import * as z from 'zod';
import { systemClock, type Clock } from './clock.ts';
import { authenticator } from './gateway/authenticate.ts';
import { openAuthorizer } from './gateway/authorize.ts';
import { openKeyring } from './gateway/credentials.ts';
import { dispatcher } from './gateway/dispatch.ts';
import { lockFolder } from './gateway/lock.ts';
import { openGateway } from './gateway/server.ts';
import type { RoleUsage } from './iam/usage.ts';
import { systemIds, type Ids } from './ids.ts';
import { openStore } from './journal/store.ts';
import type { Credentials, Service, ServiceEvent, ServiceFactory, World } from './operation.ts';

export interface RuntimeOptions {
  /** Everything the runtime keeps; made when absent, refused while another runtime has it. */
  dataDir: string;
  /** 0, the default, takes any free port. */
  port?: number;
  region?: string;
  /** Twelve digits. */
  accountId?: string;
  clock?: Clock;
  ids?: Ids;
  /** The runtime's own structured log; silent by default. */
  log?: World['log'];
  services: readonly ServiceFactory[];
}

export interface Runtime extends AsyncDisposable {
  readonly world: World;
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly region: string;
  /** Of the root user, for SDK clients and the CLI. */
  readonly credentials: Credentials;
  readonly services: ReadonlyMap<string, Service>;
  /** Per role: permissions it lacked, used and never used since the start. */
  iamReport(): RoleUsage[];
  /** Stops services, flushes the journal, gives the data folder back. Calling it again waits for the same end. */
  close(): Promise<void>;
}

/** How long (ms) requests under way may take to end when the runtime closes. */
const closingGrace = 2_000;

const checked = ({ region = 'eu-west-1', accountId = '000000000000', port = 0 }: RuntimeOptions) => {
  if (!/^\d{12}$/.test(accountId)) throw new Error(`accountId must be twelve digits; got '${accountId}'`);
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) throw new Error(`region must look like 'eu-west-1'; got '${region}'`);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`port must be an integer from 0 (any) to 65535; got ${port}`);
  return { region, accountId, port };
};

const register = (world: World, factories: readonly ServiceFactory[], services: Map<string, Service>) => {
  for (const factory of factories) {
    const service = factory(world) as Service;
    if (services.has(service.name)) throw new Error(`Two services are called '${service.name}'; names must be unique`);
    services.set(service.name, service);
  }
};

/** Opens the runtime; rejects when the folder is in use, the port is taken or a service cannot be made. */
export const openRuntime = async (options: RuntimeOptions): Promise<Runtime> => {
  const { region, accountId, port } = checked(options);
  const { dataDir, clock = systemClock, ids = systemIds, log = () => {} } = options;
  const undo: (() => Promise<void> | void)[] = [];
  const unwind = async () => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  try {
    undo.push(lockFolder(dataDir));
    const store = await openStore(join(dataDir, 'state.log'));
    undo.push(() => store.close());
    const keyring = openKeyring(dataDir, accountId, ids, clock);
    const gateway = await openGateway(port);
    undo.push(() => gateway.close(closingGrace));
    const services = new Map<string, Service>();
    const { endpoint } = gateway;
    const world: World = {
      accountId,
      region,
      partition: 'aws',
      clock,
      ids,
      store,
      dataDir,
      endpoint,
      log,
      credentialsFor: (roleArn, sessionName, expires) =>
        expires === undefined
          ? keyring.credentialsFor(roleArn, sessionName)
          : keyring.issue(roleArn, sessionName, expires),
      call(principal, service, operation, input) {
        log('debug', 'call', { service, operation, principal: principal.arn });
        return dispatch({ principal, service, operation, input, requestId: ids.uuid(), textual: false });
      },
      authorize(principal, name, needs) {
        const service = services.get(name);
        if (service) authorizer.authorize(principal, needs, service);
      },
      emit: (event) => emit(world, services, event),
      measure: (measurements) => services.get('monitoring')?.measured?.(measurements),
    };
    const authorizer = openAuthorizer(world, services);
    const dispatch = dispatcher(world, services, authorizer.authorize);
    register(world, options.services, services);
    gateway.open({ world, services, authenticate: authenticator(world, keyring, services), dispatch });
    for (const service of services.values()) {
      undo.push(() => service.stop?.());
      await service.start?.();
    }
    undo.push(() => gateway.hold());
    let closing: Promise<void> | undefined;
    const close = () => (closing ??= unwind());
    const runtime = {
      world,
      endpoint,
      region,
      credentials: keyring.root,
      services,
      iamReport: () => authorizer.report(),
      close,
    };
    return { ...runtime, [Symbol.asyncDispose]: close };
  } catch (error) {
    await unwind();
    throw error;
  }
};

const allTaken = z.object({ FailedEntryCount: z.literal(0) });

const emit = async (world: World, services: ReadonlyMap<string, Service>, event: ServiceEvent) => {
  if (!services.has('events')) return;
  const service = event.source.replace(/^aws\./, '');
  const principal = { kind: 'service', arn: `${service}.amazonaws.com`, service: `${service}.amazonaws.com` } as const;
  const entry = {
    Source: event.source,
    DetailType: event.detailType,
    Resources: [...event.resources],
    Detail: JSON.stringify(event.detail),
  };
  const answer = await world.call(principal, 'events', 'PutEvents', { Entries: [entry] });
  const { success: delivered } = allTaken.safeParse(answer);
  // What happened in the service has happened: the bus refusing to tell of it must not undo it.
  if (!delivered) world.log('warn', 'the event bus refused an event', { source: event.source, answer });
};
