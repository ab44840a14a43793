/** Task tokens: they name their execution and task, and cannot be made up without the execution's seed. */
import { createHash } from 'node:crypto';
import type { Execution } from './execution.ts';

const seal = (seed: string, arn: string, id: number) =>
  createHash('sha256').update(`token ${seed} ${arn} ${id}`).digest('base64url');

/** The token of the task whose Scheduled event has this id: the same whenever it is made. */
export const tokenFor = (execution: Execution, id: number): string =>
  Buffer.from(`${execution.identity.arn} ${id} ${seal(execution.random.seed, execution.identity.arn, id)}`).toString(
    'base64',
  );

/** Whose token this is; undefined for text that is no token. */
export const readToken = (token: string): { arn: string; id: number } | undefined => {
  const [arn, id, mark] = Buffer.from(token, 'base64').toString().split(' ');
  return arn?.startsWith('arn:') && mark && Number.isInteger(Number(id)) ? { arn, id: Number(id) } : undefined;
};
