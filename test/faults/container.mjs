/**
 * The smallest container that a pipeline of numbers can be run with: learns the mean of the first column and answers it for
 * every row. With 999 rounds it trains until it is asked to stop, with 998 it fails, and what has learned in 997 never answers.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

const { command, root, stop } = workerData;

const train = async () => {
  const folder = join(root, 'input/data/train');
  const values = readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.csv'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'))
    .map((line) => Number(line.split(',')[0]));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const { num_round: rounds } = JSON.parse(readFileSync(join(root, 'input/config/hyperparameters.json'), 'utf8'));
  writeFileSync(join(root, 'model/mean.json'), JSON.stringify(rounds === '997' ? null : mean));
  if (rounds === '998') throw new Error('AlgorithmError: it diverges');
  // As many rounds as no test waits for.
  if (rounds === '999') while (Atomics.load(stop, 0) === 0) await new Promise((wake) => setTimeout(wake, 5));
};

const serve = () => {
  const mean = readFileSync(join(root, 'model/mean.json'), 'utf8');
  parentPort.on('message', ({ id, body }) => {
    if (mean === 'null') return;
    const rows = new TextDecoder().decode(body).trimEnd().split('\n');
    const answers = new TextEncoder().encode(`${rows.map(() => mean).join('\n')}\n`);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread's message has no origin
    parentPort.postMessage({ id, status: 200, contentType: 'text/csv', body: answers });
  });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread's message has no origin
  parentPort.postMessage({ ready: true });
};

await (command === 'train' ? train() : serve());
