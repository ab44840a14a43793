/**
 * Client tokens: the same call again with the same token is answered as the first time and does nothing, for eight hours.
 * The SDKs give every call a token of its own and keep it over their retries.
 */
import { createHash } from 'node:crypto';
import { AwsError, type Call } from '../../operation.ts';
import type { SchedulerState } from './schedules.ts';

/** What a call with a token was answered. */
export interface Answered {
  /** Of the operation and its input. */
  digest: string;
  answer: unknown;
  /** Epoch ms. */
  at: number;
}

const remembered = 8 * 3_600_000;

/** Runs `act` once per token and keeps its answer. Throws ConflictException for a token that was used with another input. */
export const once = async <Output>(
  { state: { tokens }, world }: Call<SchedulerState>,
  operation: string,
  input: { ClientToken?: string | undefined },
  act: () => Promise<Output> | Output,
): Promise<Output> => {
  const { ClientToken } = input;
  if (ClientToken === undefined) return act();
  const now = world.clock.now();
  // The oldest come first.
  for (const token of tokens.keys()) {
    if (now - (tokens.get(token)?.at ?? 0) < remembered) break;
    tokens.delete(token);
  }
  const digest = createHash('sha256')
    .update(JSON.stringify([operation, input]))
    .digest('hex');
  const known = tokens.get(ClientToken);
  if (known && known.digest !== digest)
    throw new AwsError('ConflictException', `The ClientToken ${ClientToken} was used with other parameters.`, 409);
  if (known) return known.answer as Output;
  const answer = await act();
  tokens.set(ClientToken, { digest, answer, at: now });
  await world.store.flushed();
  return answer;
};
