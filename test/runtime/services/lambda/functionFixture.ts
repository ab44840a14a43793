/** Functions for tests: zips from source text, a client per runtime, folders that are removed again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PublishLayerVersionCommand,
  type CreateFunctionCommandInput,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import type { Runtime } from '../../../../runtime/index.ts';

export const zip = (files: Record<string, string>) =>
  zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)])));

/** A bundle of one ES module. */
export const esm = (source: string) => zip({ 'index.mjs': source });

type Endpoint = Pick<Runtime, 'endpoint' | 'credentials'>;

export const connect = (to: Endpoint) => ({ region: 'eu-west-1', endpoint: to.endpoint, credentials: to.credentials });

/** A client that does not try again, so that a refusal is seen as it was given. */
export const clientOf = (to: Endpoint) => new LambdaClient({ ...connect(to), maxAttempts: 1 });

export const role = 'arn:aws:iam::000000000000:role/worker';

/** `index.handler` of the zip, unless `more` says otherwise. */
export const create = (
  client: LambdaClient,
  FunctionName: string,
  ZipFile: Uint8Array,
  more: Partial<CreateFunctionCommandInput> = {},
) =>
  client.send(
    new CreateFunctionCommand({
      FunctionName,
      Code: { ZipFile },
      Role: role,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      ...more,
    }),
  );

/** The answer of a function, parsed, with the end of its log. */
export const invoke = async (client: LambdaClient, FunctionName: string, event: unknown = {}) => {
  const answer = await client.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event), LogType: 'Tail' }),
  );
  return {
    error: answer.FunctionError,
    payload: JSON.parse(answer.Payload?.transformToString() ?? 'null'),
    log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
  };
};

/** Publishes a version of a layer. */
export const publish = (client: LambdaClient, LayerName: string, ZipFile: Uint8Array, more: object = {}) =>
  client.send(new PublishLayerVersionCommand({ LayerName, Content: { ZipFile }, ...more }));

/** A layer of one package, which says `word`. */
export const saying = (word: string) =>
  zip({ 'nodejs/node_modules/word/index.js': `module.exports = ${JSON.stringify(word)};` });

/** A module that requires of the layer as code on Lambda does: `import` does not look into layers there either. */
export const requiring = (text: string) =>
  esm(`import { createRequire } from 'node:module'; const load = createRequire(import.meta.url); ${text}`);

/** Waits, for as long as the test may last. */
export const until = async (condition: () => boolean) => {
  while (!condition()) await pause(50);
};

const folders: string[] = [];

export const temporaryFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-lambda-'));
  folders.push(folder);
  return folder;
};

export const removeFolders = async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
};
