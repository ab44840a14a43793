import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { InputError } from '../../spec/errors.ts';
import { runId } from '../../spec/run.ts';
import { NotFound } from './defineRoute.ts';
import { getRun, type RunRecord } from './ledger/runs.ts';

/** The run that `{id}` of the path names. Throws InputError or NotFound. */
export const runOfPath = async ({ pathParameters }: APIGatewayProxyEventV2): Promise<RunRecord> => {
  const id = runId.safeParse(pathParameters?.['id']);
  if (!id.success)
    throw new InputError({ what: 'This is not a run id', where: 'path, id', expected: '<pipeline>-<16 hex digits>' });
  const run = await getRun(id.data);
  if (!run) throw new NotFound(`There is no run ${id.data}.`);
  return run;
};
