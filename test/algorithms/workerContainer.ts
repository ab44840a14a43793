/** Plays SageMaker's part towards a container: lays out /opt/ml, starts the worker, collects what it leaves. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { dirname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import { temporaryFolder } from '../fixtures/temporaryFolder.ts';

const entry = resolve('dist', 'algorithms', 'container.mjs');

export interface JobInput {
  algorithm?: string;
  hyperparameters: Record<string, string>;
  /** Channel → files by name. */
  channels: Record<string, Record<string, string>>;
  /** Merged over `{ ContentType: 'text/csv', TrainingInputMode: 'File' }` of every channel. */
  channelConfig?: Record<string, string | undefined>;
  /** Asks the job to stop once its log holds this text; the empty text, before it starts. */
  stopAt?: string;
}

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

export const layOut = ({ hyperparameters, channels, channelConfig }: JobInput): string => {
  const root = temporaryFolder();
  const config = { ContentType: 'text/csv', TrainingInputMode: 'File', ...channelConfig };
  const names = Object.keys(channels);
  write(join(root, 'input/config/hyperparameters.json'), JSON.stringify(hyperparameters));
  write(
    join(root, 'input/config/inputdataconfig.json'),
    JSON.stringify(Object.fromEntries(names.map((name) => [name, config]))),
  );
  write(join(root, 'input/config/resourceconfig.json'), JSON.stringify({ current_host: 'algo-1', hosts: ['algo-1'] }));
  for (const [channel, files] of Object.entries(channels)) {
    for (const [name, text] of Object.entries(files)) write(join(root, 'input/data', channel, name), text);
  }
  return root;
};

const start = (command: 'train' | 'serve', root: string, algorithm: string) => {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(entry, { workerData: { command, root, algorithm, stop }, stdout: true, stderr: true });
  return { worker, stop: () => Atomics.store(stop, 0, 1) };
};

/** Runs a training job to its end. */
export const runTraining = async (input: JobInput) => {
  const root = layOut(input);
  const { worker, stop } = start('train', root, input.algorithm ?? 'linear-learner');
  let log = '';
  const stopWhenAsked = () => input.stopAt !== undefined && log.includes(input.stopAt) && stop();
  stopWhenAsked();
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.on('data', (chunk) => {
      log += String(chunk);
      stopWhenAsked();
    });
  }
  const [code] = z.tuple([z.number()]).parse(await once(worker, 'exit'));
  const failureFile = join(root, 'output', 'failure');
  const failure = existsSync(failureFile) ? readFileSync(failureFile, 'utf8') : undefined;
  return { root, code, failure, log };
};

const answerGrammar = z.object({
  id: z.number(),
  status: z.number(),
  contentType: z.string(),
  body: z.instanceof(Uint8Array),
});

/** Serves a model folder; `exit` resolves to the exit code when it cannot be loaded. */
export const startServing = async (root: string, algorithm = 'linear-learner') => {
  const { worker } = start('serve', root, algorithm);
  const ready: unknown = await Promise.race([once(worker, 'message'), once(worker, 'exit')]);
  let id = 0;
  return {
    ready,
    async invoke(body: string, contentType: string, accept = '') {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread is not a window
      worker.postMessage({ id: ++id, contentType, accept, body: new TextEncoder().encode(body) });
      const [answer] = z.tuple([answerGrammar]).parse(await once(worker, 'message'));
      return { ...answer, body: new TextDecoder().decode(answer.body) };
    },
    close: () => worker.terminate(),
  };
};
