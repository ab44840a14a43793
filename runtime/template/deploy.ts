/**
 * Brings a CloudFormation template about in the runtime, as `serverless deploy` does on AWS: artefacts are uploaded, resources
 * are created in the order of their references, and those that have not changed since the last deployment are left alone.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import type { Table } from '../journal/store.ts';
import type { Principal, World } from '../operation.ts';
import { resolve, type Scope } from './intrinsics.ts';
import { creationOrder } from './order.ts';
import type { Deployment, Made, ResourceType } from './resource.ts';
import { resourceTypes } from './resources/index.ts';
import { templateSchema, type Template } from './template.ts';

export interface DeployOptions {
  world: World;
  stackName: string;
  /** The parsed template. */
  template: unknown;
  /** Folder of the packaged artefacts; an artefact's file is the last part of its S3 key. */
  assets: string;
}

export interface Deployed {
  outputs: Readonly<Record<string, string>>;
  resources: Readonly<Record<string, Made & { type: string }>>;
}

interface Stacked extends Made {
  type: string;
  /** Of the resolved properties and the artefacts they name. */
  digest: string;
  retain: boolean;
}

/** Throws Error naming the resource and what is wrong with it; what was made before stays and is taken up by the next try. */
export const deploy = async ({ world, stackName, template: given, assets }: DeployOptions): Promise<Deployed> => {
  const template = templateSchema.parse(given);
  const stack: Table<Stacked> = world.store.table(`cloudformation.${stackName}`);
  const made = new Map<string, Made>();
  const scope = scopeOf(world, stackName, template, made);
  const ids = creationOrder(template.Resources).filter((id) => {
    const condition = template.Resources[id]?.Condition;
    return condition === undefined || scope.condition(condition);
  });
  const root: Principal = { kind: 'root', arn: `arn:${world.partition}:iam::${world.accountId}:root` };
  const deploymentOf = (logicalId: string): Deployment => ({
    world,
    stackName,
    logicalId,
    call: <Output>(service: string, operation: string, input: unknown) =>
      world.call(root, service, operation, input) as Promise<Output>,
    asset: (key) => readFile(join(assets, basename(key))),
    defaultName: (maxLength) => defaultName(stackName, logicalId, maxLength),
  });

  const replaced: [string, Stacked][] = [];
  for (const id of ids) {
    const { Type, Properties, DeletionPolicy } = template.Resources[id]!;
    const before = stack.get(id);
    await named(id, Type, async () => {
      const type = typeNamed(Type);
      const properties = parsed(type, resolve(Properties, scope));
      const deployment = deploymentOf(id);
      const digest = await digestOf(properties, deployment, type.identity ? world.endpoint : '');
      const same = before?.type === Type ? before : undefined;
      const now =
        same?.digest === digest
          ? same
          : await type.apply(properties, { ...deployment, ...(same && { previous: same }) });
      made.set(id, now);
      const identity = (made: Made) => type.identity?.(made) ?? made.ref;
      if (before && !before.retain && (!same || identity(same) !== identity(now))) replaced.push([id, before]);
      const retain = DeletionPolicy !== undefined && DeletionPolicy !== 'Delete';
      stack.set(id, { type: Type, digest, retain, ref: now.ref, attributes: now.attributes });
    });
  }
  // What has another name or type now, so that no rule or function goes on under the old one.
  for (const [id, old] of replaced) await named(id, old.type, () => typeNamed(old.type).remove(old, deploymentOf(id)));
  // Last what the template no longer has, in reverse, so that nothing still referred to goes first.
  for (const id of [...stack.keys()].filter((id) => !made.has(id)).toReversed()) {
    const gone = stack.get(id)!;
    if (!gone.retain) await named(id, gone.type, () => typeNamed(gone.type).remove(gone, deploymentOf(id)));
    stack.delete(id);
  }
  await world.store.flushed();
  const outputs = Object.entries(template.Outputs)
    .filter(([, { Condition }]) => Condition === undefined || scope.condition(Condition))
    .map(([name, { Value }]) => [name, String(resolve(Value, scope))] as const);
  return {
    outputs: Object.fromEntries(outputs),
    resources: Object.fromEntries(ids.map((id) => [id, stack.get(id)!])),
  };
};

const named = async (id: string, type: string, act: () => Promise<void>) => {
  try {
    await act();
  } catch (cause) {
    throw new Error(`Resource ${id} (${type}): ${(cause as Error).message}`, { cause });
  }
};

const typeNamed = (name: string): ResourceType => {
  const type = Object.hasOwn(resourceTypes, name) ? resourceTypes[name] : undefined;
  if (type) return type;
  throw new Error(`this runtime does not know the type; it knows: ${Object.keys(resourceTypes).join(', ')}`);
};

const parsed = (type: ResourceType, properties: unknown): unknown => {
  const result = type.properties.safeParse(properties);
  if (result.success) return result.data;
  throw new Error(`its properties are not what this runtime supports:\n${z.prettifyError(result.error)}`);
};

interface Artefact {
  S3Key?: string;
}

/** Artefacts count by their bytes: their keys hold the time of packaging. */
const digestOf = async (properties: unknown, { asset }: Deployment, endpoint: string): Promise<string> => {
  const hash = createHash('sha256');
  const { Code, Content, ...rest } = properties as { Code?: Artefact; Content?: Artefact };
  hash.update(endpoint);
  hash.update(JSON.stringify(rest));
  for (const artefact of [Code, Content]) {
    if (artefact?.S3Key) hash.update(await asset(artefact.S3Key));
    else if (artefact) hash.update(JSON.stringify(artefact));
  }
  return hash.digest('hex');
};

const defaultName = (stackName: string, logicalId: string, maxLength: number) => {
  const suffix = createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex').slice(0, 8);
  return `${`${stackName}-${logicalId}`.slice(0, maxLength - 9)}-${suffix}`;
};

const scopeOf = (world: World, stackName: string, template: Template, made: ReadonlyMap<string, Made>): Scope => {
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::AccountId': world.accountId,
    'AWS::Partition': world.partition,
    'AWS::Region': world.region,
    'AWS::StackId': `arn:${world.partition}:cloudformation:${world.region}:${world.accountId}:stack/${stackName}/local`,
    'AWS::StackName': stackName,
    'AWS::URLSuffix': 'amazonaws.com',
  };
  const resource = (id: string): Made => {
    const found = made.get(id);
    if (!found) throw new Error(`it refers to ${id}, which the template does not have or has left out by a condition`);
    return found;
  };
  const scope: Scope = {
    ref: (name) => pseudo[name] ?? template.Parameters[name]?.Default ?? resource(name).ref,
    attribute(id, name) {
      const { attributes } = resource(id);
      if (!Object.hasOwn(attributes, name))
        throw new Error(`it reads the attribute ${id}.${name}; this runtime has ${Object.keys(attributes).join(', ')}`);
      return attributes[name];
    },
    condition(name) {
      if (!Object.hasOwn(template.Conditions, name))
        throw new Error(`it names the condition ${name}, which is not defined`);
      return resolve(template.Conditions[name], scope) === true;
    },
    mapping(map, first, second) {
      const value = template.Mappings[map]?.[first]?.[second];
      if (value === undefined) throw new Error(`the template maps nothing to ${map}.${first}.${second}`);
      return value;
    },
  };
  return scope;
};
