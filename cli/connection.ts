/**
 * How a command reaches the embedded AWS: the one that `sluice up` keeps running on this data folder, or, when there is
 * none, one opened for the time of the command.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { holderOf } from '../runtime/gateway/lock.ts';
import type { Embedded } from './embedded.ts';

const runningSchema = z.object({
  pid: z.int(),
  endpoint: z.string(),
  region: z.string(),
  accountId: z.string(),
  outputs: z.record(z.string(), z.string()).readonly(),
});
export type Running = z.infer<typeof runningSchema>;

const credentialsSchema = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() });

/** What SDK clients and the HTTP API need. */
export interface Connection extends Running {
  credentials: z.infer<typeof credentialsSchema>;
  /** Base URL of the HTTP API. */
  apiUrl: string;
  close(): Promise<void>;
}

const runningFile = (dataDir: string) => join(dataDir, 'running.json');

const runningOf = ({ runtime, deployed }: Embedded): Running => ({
  pid: process.pid,
  endpoint: runtime.endpoint,
  region: runtime.region,
  accountId: runtime.world.accountId,
  outputs: deployed.outputs,
});

/** Tells other commands where this runtime is. */
export const announceRunning = async (dataDir: string, embedded: Embedded) => {
  await mkdir(dataDir, { recursive: true });
  const fresh = `${runningFile(dataDir)}.new`;
  await writeFile(fresh, JSON.stringify(runningOf(embedded), null, 1), { mode: 0o600 });
  await rename(fresh, runningFile(dataDir));
};

export const withdrawRunning = (dataDir: string) => rm(runningFile(dataDir), { force: true });

/**
 * The runtime that `sluice up` keeps on this folder, if it lives. The folder's lock decides: what a process that was killed
 * has written down may name an innocent one by now.
 */
export const findRunning = async (dataDir: string): Promise<Running | undefined> => {
  const holder = holderOf(dataDir);
  if (holder === undefined) return undefined;
  const text = await readFile(runningFile(dataDir), 'utf8').catch(() => '{}');
  const running = runningSchema.safeParse(JSON.parse(text));
  return running.success && running.data.pid === holder ? running.data : undefined;
};

const readCredentials = async (dataDir: string) =>
  credentialsSchema.parse(JSON.parse(await readFile(join(dataDir, 'credentials.json'), 'utf8')));

const connectionOf = async (dataDir: string, running: Running, close: () => Promise<void>): Promise<Connection> => ({
  ...running,
  credentials: await readCredentials(dataDir),
  apiUrl: `${running.endpoint}/execute-api/${running.outputs['HttpApiId']}`,
  close,
});

/** Connects to a runtime of this process; `close()` closes it. */
export const connectTo = (dataDir: string, embedded: Embedded): Promise<Connection> =>
  connectionOf(dataDir, runningOf(embedded), () => embedded.close());

/** Connects to what runs, or opens a runtime that ends with `close()`. */
export const connect = async (dataDir: string, progress?: (what: string) => void): Promise<Connection> => {
  const running = await findRunning(dataDir);
  if (running) return connectionOf(dataDir, running, async () => {});
  // Loaded only where it is opened: a command that finds one running answers sooner without it.
  const { openEmbedded } = await import('./embedded.ts');
  return connectTo(dataDir, await openEmbedded({ dataDir, ...(progress && { progress }) }));
};
