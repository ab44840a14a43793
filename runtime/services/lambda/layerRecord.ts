import * as z from 'zod';
import { AwsError, type Need, type World } from '../../operation.ts';
import type { Unpacked } from './bundle.ts';
import { timestamp } from './functionRecord.ts';

export interface LayerVersion extends Unpacked {
  version: number;
  description: string;
  compatibleRuntimes?: readonly string[];
  compatibleArchitectures?: readonly string[];
  licenseInfo?: string;
  /** Epoch ms. */
  createdAt: number;
}

/** A layer as it is kept (table `lambda.layers`, keyed by name); it stays when its versions go, so that no number comes again. */
export interface LayerRecord {
  lastVersion: number;
  versions: readonly LayerVersion[];
}

/** A layer version that a function has; it serves the function even when it is deleted. */
export interface FunctionLayer extends Unpacked {
  /** Of the version. */
  arn: string;
}

/** A layer by name or ARN. */
export const layerName = z
  .string()
  .max(140)
  .regex(/^(?:arn:aws:lambda:[a-z]{2}(?:-[a-z]+)+-\d:\d{12}:layer:)?[a-zA-Z0-9-_]+$/);

export const layerVersionArn = z
  .string()
  .max(140)
  .regex(/^arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+$/);

/** A version's number, text in a path. */
export const versionNumber = z.coerce.number().int().min(1);

/** Members of both lists. */
export const listMembers = {
  CompatibleRuntime: z.string().max(64).optional(),
  CompatibleArchitecture: z.enum(['x86_64', 'arm64']).optional(),
  Marker: z.string().optional(),
  MaxItems: z.coerce.number().int().min(1).max(50).optional(),
};

export const nameOfLayer = (reference: string): string => reference.split(':').at(-1) ?? '';

export const layerArn = (world: World, reference: string): string =>
  `arn:${world.partition}:lambda:${world.region}:${world.accountId}:layer:${nameOfLayer(reference)}`;

export const layerVersionArnOf = (world: World, reference: string, version: number): string =>
  `${layerArn(world, reference)}:${version}`;

/** Whoever gives a function a layer must be allowed to read it. */
export const readLayers = (arns: readonly string[] = []): Need[] =>
  arns.map((arn) => ({ action: 'lambda:GetLayerVersion', resource: arn }));

/** The LayerVersionsListItem of the API. */
export const layerVersionItem = (world: World, name: string, it: LayerVersion) => ({
  LayerVersionArn: layerVersionArnOf(world, name, it.version),
  Version: it.version,
  Description: it.description,
  CreatedDate: timestamp(it.createdAt),
  ...(it.compatibleRuntimes && { CompatibleRuntimes: it.compatibleRuntimes }),
  ...(it.compatibleArchitectures && { CompatibleArchitectures: it.compatibleArchitectures }),
  ...(it.licenseInfo !== undefined && { LicenseInfo: it.licenseInfo }),
});

/** What GetLayerVersion and PublishLayerVersion answer; `Content` has no Location, because the zip itself is not kept. */
export const layerVersionAnswer = (world: World, name: string, it: LayerVersion) => ({
  ...layerVersionItem(world, name, it),
  LayerArn: layerArn(world, name),
  Content: { CodeSha256: it.codeSha256, CodeSize: it.codeSize },
});

/** Whether a version says that it is for a runtime and an architecture; one that does not say is for any. */
export const suits = (
  it: LayerVersion,
  { CompatibleRuntime, CompatibleArchitecture }: { CompatibleRuntime?: string; CompatibleArchitecture?: string },
): boolean =>
  (CompatibleRuntime === undefined || (it.compatibleRuntimes ?? []).includes(CompatibleRuntime)) &&
  (CompatibleArchitecture === undefined || (it.compatibleArchitectures ?? []).includes(CompatibleArchitecture));

export const noSuchVersion = (arn: string): AwsError =>
  new AwsError('ResourceNotFoundException', `Layer version ${arn} does not exist.`, 404, { Type: 'User' });
