import { once } from 'node:events';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import * as z from 'zod';
import { AlgorithmError, ClientError, type Predictor } from './algorithm.ts';
import { failureText, unforeseenStack } from './failure.ts';
import { trainers } from './trainers.ts';

const requestGrammar = z.object({
  id: z.union([z.string(), z.number()]),
  contentType: z.string().default(''),
  accept: z.string().default(''),
  body: z.instanceof(Uint8Array),
});

interface Answer {
  status: number;
  contentType: string;
  body: string;
}

const answer = (predictor: Predictor, { contentType, accept, body }: z.infer<typeof requestGrammar>): Answer => {
  try {
    const text = new TextDecoder().decode(body);
    return { status: 200, ...predictor.invoke(text, contentType, accept) };
  } catch (error) {
    process.stderr.write(`${failureText(error)}\n${unforeseenStack(error)}`);
    if (error instanceof ClientError) return { status: error.status, contentType: 'text/plain', body: error.message };
    return { status: 500, contentType: 'text/plain', body: failureText(error) };
  }
};

/**
 * Plays `docker run <image> serve`: posts `{ ready: true }` once the model is loaded, then answers every request message
 * `{ id, contentType, accept, body }` with `{ id, status, contentType, body }` until the thread is ended. Answers the exit
 * code 1 when the model cannot be loaded.
 */
export const serve = async (root: string, algorithm: string, port: MessagePort): Promise<number> => {
  let predictor: Predictor;
  try {
    const trainer = trainers[algorithm];
    if (!trainer) throw new AlgorithmError(`No local trainer for "${algorithm}".`);
    predictor = await trainer.load(join(root, 'model'));
  } catch (error) {
    process.stderr.write(`${failureText(error)}\n${unforeseenStack(error)}`);
    return 1;
  }
  port.on('message', (message: unknown) => {
    const request = requestGrammar.parse(message);
    const { body, ...head } = answer(predictor, request);
    port.postMessage({ id: request.id, ...head, body: new TextEncoder().encode(body) });
  });
  port.postMessage({ ready: true });
  await once(port, 'close');
  return 0;
};
