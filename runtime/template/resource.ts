/** What a CloudFormation resource type is to the runtime: a grammar for its properties and how to bring it about. */
import type * as z from 'zod';
import type { World } from '../operation.ts';

export interface Made {
  /** What `Ref` gives. */
  ref: string;
  /** What `Fn::GetAtt` gives, by attribute. */
  attributes: Readonly<Record<string, string>>;
}

/** What a loader may use to bring its resource about. */
export interface Deployment {
  world: World;
  stackName: string;
  logicalId: string;
  /** What an earlier deployment made under this logical id, while the name has not changed. */
  previous?: Made;
  /** Calls an operation as whoever deploys. Throws AwsError. */
  call: <Output = unknown>(service: string, operation: string, input: unknown) => Promise<Output>;
  /** The bytes of a packaged artefact, by the S3 key the template gives it. Throws Error when it is not there. */
  asset: (key: string) => Promise<Uint8Array>;
  /** A name for a resource that the template leaves unnamed: stack, logical id and eight characters, the same every time. */
  defaultName: (maxLength: number) => string;
}

export interface ResourceType<Properties = unknown> {
  /** Strict: a property that is not listed fails the deployment, naming it. */
  properties: z.ZodType<Properties>;
  /**
   * Where `ref` holds the runtime's endpoint, which changes with its port: what stays the same. Such a resource is applied again
   * at another endpoint, so that whatever refers to it learns of the change.
   */
  identity?(made: Made): string;
  /** Creates the resource, or brings the one there is to the same state. */
  apply(properties: Properties, deployment: Deployment): Promise<Made>;
  /** Deletes what `apply` made; one that is gone already is no error. */
  remove(made: Made, deployment: Omit<Deployment, 'previous'>): Promise<void>;
}

/** Infers the type of a loader's properties from its grammar. */
export const resourceType = <Properties>(it: ResourceType<Properties>): ResourceType<Properties> => it;
