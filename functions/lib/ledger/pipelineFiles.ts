import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { dynamodb } from '../clients.ts';
import { getItem, table } from './item.ts';

/** What was found when a pipeline's file changed. */
export interface LookedAt {
  valid: boolean;
  /** Why it is not. */
  problem?: string;
  versionId?: string;
}

const fileKey = (pipeline: string) => ({ pk: `pipeline#${pipeline}`, sk: 'file' });

/** Fits, whatever the file is, into an item of the ledger and an answer with a hundred of them. */
const longest = 4000;

export const keepPipelineFile = async (pipeline: string, { problem, ...found }: LookedAt) => {
  const Item = {
    ...fileKey(pipeline),
    ...found,
    ...(problem !== undefined && { problem: problem.slice(0, longest) }),
    checkedAt: new Date().toISOString(),
  };
  await dynamodb().send(new PutCommand({ TableName: table(), Item }));
};

export const forgetPipelineFile = async (pipeline: string) => {
  await dynamodb().send(new DeleteCommand({ TableName: table(), Key: fileKey(pipeline) }));
};

export const getPipelineFile = async (pipeline: string): Promise<LookedAt | undefined> =>
  (await getItem(fileKey(pipeline))) as LookedAt | undefined;
