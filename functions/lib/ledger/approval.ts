import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Approval } from '../../../spec/approval.ts';
import { dynamodb } from '../clients.ts';
import { conditionally, getItem, inRedrive, table } from './item.ts';

/** `token` is the newest task that waits for the answer; it is nobody's business but ours. */
export interface KeptApproval extends Approval {
  token: string;
  /** The redrive of the run in which somebody was asked; absent: none. */
  redrives?: number;
}

export const approvalKey = (runId: string) => ({ pk: `run#${runId}`, sk: 'approval' });

export const getApproval = async (runId: string): Promise<KeptApproval | undefined> =>
  (await getItem(approvalKey(runId))) as KeptApproval | undefined;

/** Without what only concerns us. */
export const shownApproval = ({ state, expiresAt, by, at, reason }: Approval): Approval => ({
  state,
  expiresAt,
  ...(by !== undefined && { by }),
  ...(at !== undefined && { at }),
  ...(reason !== undefined && { reason }),
});

const set = (
  runId: string,
  members: Partial<KeptApproval>,
  condition: string,
  values: Record<string, string | number>,
  names: Record<string, string> = {},
) => {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return conditionally(() =>
    dynamodb().send(
      new UpdateCommand({
        TableName: table(),
        Key: approvalKey(runId),
        UpdateExpression: `SET ${entries.map(([name]) => `#${name} = :${name}`).join(', ')}`,
        ConditionExpression: condition,
        ExpressionAttributeNames: {
          '#state': 'state',
          ...names,
          ...Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ...Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
          ...values,
        },
      }),
    ),
  );
};

/** Begins the wait, or lets a newer task wait in the place of an earlier one; false when it is answered already. */
export const openApproval = (
  runId: string,
  { token, expiresAt, redrives = 0 }: Pick<KeptApproval, 'token' | 'expiresAt' | 'redrives'>,
) => {
  const members = { state: 'waiting', token, expiresAt, ...(redrives > 0 && { redrives }) } as const;
  return set(runId, members, 'attribute_not_exists(pk) OR #state = :waiting', { ':waiting': 'waiting' });
};

/** The one answer that counts: false when there is one, or when the time for it is over. */
export const answerApproval = (runId: string, answer: Pick<Approval, 'state' | 'by' | 'reason'> & { at: string }) =>
  set(runId, answer, '#state = :waiting AND expiresAt > :at', { ':waiting': 'waiting' });

/** Ends a wait without an answer; false when there is one, or when it is the wait of another redrive. */
export const endApproval = (runId: string, state: 'expired' | 'withdrawn', at: string, redrives = 0) => {
  const { condition, values } = inRedrive(redrives);
  return set(runId, { state, at }, `#state = :waiting AND ${condition}`, { ':waiting': 'waiting', ...values });
};

/** Forgets a wait that the end of its run has ended: a run that goes on asks again. */
export const forgetWithdrawn = (runId: string): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new DeleteCommand({
        TableName: table(),
        Key: approvalKey(runId),
        ConditionExpression: '#state = :withdrawn',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':withdrawn': 'withdrawn' },
      }),
    ),
  );

/** Takes an answer back that found its run ended: it has moved nothing. */
export const withdrawAnswer = (runId: string, { at, by }: { at: string; by: string }) =>
  set(
    runId,
    { state: 'withdrawn' },
    '#at = :own AND #by = :who',
    { ':own': at, ':who': by },
    { '#at': 'at', '#by': 'by' },
  );
