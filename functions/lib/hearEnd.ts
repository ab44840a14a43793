import { InvokeCommand } from '@aws-sdk/client-lambda';
import { lambda } from './clients.ts';
import { environment } from './environment.ts';
import type { Ended } from './standing.ts';

/** runEnded clears away, as if it had heard of the end only now; it may hear of it twice. */
export const hearEnd = async (detail: Ended) => {
  await lambda().send(
    new InvokeCommand({
      FunctionName: environment('RUN_ENDED_ARN'),
      InvocationType: 'Event',
      Payload: new TextEncoder().encode(JSON.stringify({ source: 'aws.states', detail })),
    }),
  );
};
