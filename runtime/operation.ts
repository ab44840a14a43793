/**
 * What every service of the runtime is made of. A service is a folder under services/ with one file per operation and an
 * index.ts that lists them; its state lives in durable tables of the journal's store. The gateway parses a request, finds
 * the operation and hands it to the dispatcher; a service that needs a sibling calls `world.call` and passes through the
 * same dispatcher, so that validation, IAM and logging see every call.
 */
import type * as z from 'zod';
import type { Clock } from './clock.ts';
import type { Statement } from './iam/policy.ts';
import type { Ids } from './ids.ts';
import type { Store } from './journal/store.ts';

/**
 * Who is calling. Root may do anything; a role may do what its policies say; `service` is the runtime acting for AWS itself
 * (`service`: `lambda` or `lambda.amazonaws.com`; `arn`: the resource it acts for, which is `aws:SourceArn`);
 * `anonymous` is an unsigned request to a service that authorizes by itself (execute-api).
 */
export type Principal =
  | { kind: 'root'; arn: string }
  | { kind: 'anonymous'; arn: string }
  | { kind: 'service'; arn: string; service: string }
  | { kind: 'role'; arn: string; roleArn: string; sessionName: string };

/** One permission an operation asks for, as in the service authorization reference. */
export interface Need {
  /** `sagemaker:CreateTrainingJob` */
  action: string;
  /** The ARN acted on, or `*` where the service knows no resource-level permission for the action. */
  resource: string;
  /** Condition keys with their values, such as `iam:PassedToService`. */
  context?: Readonly<Record<string, string>>;
  /**
   * The policy attached to the resource: it may give a role what the role's own policies do not, and must give it to an
   * AWS service. Absent where the runtime evaluates none, or the operation does so itself.
   */
  resourcePolicy?: readonly Statement[];
}

/** The wire formats in use; each is one file in protocols/. */
export type Protocol = 'awsJson1.0' | 'awsJson1.1' | 'awsQuery' | 'restJson' | 'restXml';

/** The surroundings of all services in one runtime. */
export interface World {
  readonly accountId: string;
  readonly region: string;
  readonly partition: 'aws';
  readonly clock: Clock;
  readonly ids: Ids;
  /** Durable tables; see journal/store.ts. */
  readonly store: Store;
  /** Folder of the runtime's files (objects, job folders, unpacked bundles); each service keeps to its own sub-folder. */
  readonly dataDir: string;
  /** `http://127.0.0.1:<port>`, known once the gateway listens. */
  readonly endpoint: string;
  /**
   * Calls an operation of any service as `principal`, with validation and IAM as for a request over the wire.
   * Throws AwsError.
   */
  call(principal: Principal, service: string, operation: string, input: unknown): Promise<unknown>;
  /** Refuses what the policies of `principal` do not allow, where a service acts for it without a call. Throws AwsError. */
  authorize(principal: Principal, service: string, needs: readonly Need[]): void;
  /**
   * Temporary credentials of a role, as AWS STS would issue them: the same for the same role and session, valid until the
   * runtime stops; with `expires` (epoch ms) new ones at each call, refused from then on.
   */
  credentialsFor(roleArn: string, sessionName: string, expires?: number): Credentials;
  /**
   * Sends an event of an AWS service to the default event bus. Resolves when the event would survive a crash;
   * does nothing where the runtime has no `events` service.
   */
  emit(event: ServiceEvent): Promise<void>;
  /** Hands values of metrics to CloudWatch, at once and for memory only; does nothing where the runtime has no such service. */
  measure(measurements: readonly Measurement[]): void;
  /** Structured log of the runtime itself (not CloudWatch Logs). */
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: Record<string, unknown>): void;
}

/** An event as AWS services send it; the envelope (id, time, account, region) is added by the bus. */
export interface ServiceEvent {
  /** `aws.sagemaker` */
  source: string;
  /** `SageMaker Training Job State Change` */
  detailType: string;
  resources: readonly string[];
  detail: unknown;
}

/** Values of a metric, as AWS services and embedded metrics bring them. */
export interface Measurement {
  /** `AWS/Lambda` */
  namespace: string;
  metric: string;
  dimensions: Readonly<Record<string, string>>;
  value: number;
  /** How often the value occurred; once, unless said. */
  count?: number;
  /** `Count`, `Milliseconds`; `None`, unless said. */
  unit?: string;
  /** Epoch ms; now, unless said. */
  timestamp?: number;
  /** Seconds to which it is kept, 1 or 60; 60, unless said. */
  resolution?: number;
}

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** What an operation knows of the call besides its input. */
export interface Call<State> {
  world: World;
  state: State;
  principal: Principal;
  requestId: string;
  /** The raw HTTP request where there was one: streaming bodies (S3), headers (REST services). */
  http?: HttpRequest;
}

export interface HttpRequest {
  method: string;
  /** Path as sent, still percent-encoded, without the query string. */
  path: string;
  /** The query string as sent, without `?`. */
  rawQuery: string;
  /** Decoded; values of a repeated name are joined with commas. */
  query: Readonly<Record<string, string>>;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  /** The body after removal of aws-chunked framing; read at most once. */
  body: AsyncIterable<Uint8Array>;
}

/**
 * What the output of a REST operation may carry beside its members to decide the answer on the wire itself. Callers through
 * `world.call` see it too and read the members instead.
 */
export interface HttpAnswer {
  http: {
    status: number;
    headers?: Readonly<Record<string, string>>;
    body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  };
}

/** What a REST service reads from a request's line and headers. */
export interface Routed {
  operation: string;
  input: Record<string, unknown>;
  /**
   * restJson only: the member that is the whole body as a Uint8Array. Without it a JSON body is merged into `input`.
   * A restXml service takes what it needs from `request.body` itself.
   */
  payload?: string;
}

/**
 * One operation, one file. `input` is the grammar of the members that are supported: strict, so that a member the runtime
 * would otherwise ignore is refused with `NotImplemented: <member>`.
 */
export interface Operation<State, Input, Output> {
  input: z.ZodType<Input>;
  /** The permissions the caller must have; none for operations AWS lets everybody call. */
  needs(input: NoInfer<Input>, call: Call<State>): Need[];
  run(input: Input, call: Call<State>): Promise<Output> | Output;
}

/** Infers the types of an operation from its grammar. */
export const operation = <State, Input, Output>(it: Operation<State, Input, Output>): Operation<State, Input, Output> =>
  it;

// eslint-disable-next-line typescript/no-explicit-any -- a registry holds operations of every input and output
export type AnyOperation<State> = Operation<State, any, unknown>;

export interface Service<State = unknown> {
  /** The name in SigV4 scopes and IAM actions: `s3`, `states`, `sagemaker`. */
  name: string;
  protocol: Protocol;
  /** By the name AWS gives them: `CreateTrainingJob`. */
  operations: Readonly<Record<string, AnyOperation<State>>>;
  state: State;
  /** REST services: which operation a request means and what its path, query and headers say (JSON bodies are merged in). */
  route?(request: HttpRequest): Routed | undefined | Promise<Routed | undefined>;
  /** Takes what is measured anywhere in the runtime: CloudWatch alone. */
  measured?(measurements: readonly Measurement[]): void;
  /** Resumes what was under way when the process ended. Called once, when every service is registered and the gateway listens. */
  start?(): Promise<void> | void;
  /** Stops timers and workers; what is under way must resume at the next start. */
  stop?(): Promise<void> | void;
}

/** Makes a service for a world; a service with options is a function that returns one of these. */
// eslint-disable-next-line typescript/no-explicit-any -- a runtime holds services of every state
export type ServiceFactory = (world: World) => Service<any>;

/** An error as AWS reports it: the code that SDKs turn into the exception's name, the HTTP status and the message. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  /** `members` are further members of the error's body, `headers` further headers of the answer. */
  constructor(
    code: string,
    message: string,
    status = 400,
    members: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.members = members;
    this.headers = headers;
  }
}
