import type { Json } from '../../asl/json.ts';
import type { ExecutionLog, Summary } from './executionLog.ts';

/** The data of an execution, read back from its journal. */
export interface Described {
  /** JSON text. */
  input: string;
  output: string | undefined;
  error: string | undefined;
  cause: string | undefined;
}

const text = (value: Json | undefined) => (typeof value === 'string' ? value : undefined);

export const describedExecution = async (log: ExecutionLog, summary: Summary): Promise<Described> => {
  const { event } = await log.firstEntry(summary);
  const input = JSON.stringify(event.kind === 'started' ? event.input : null);
  if (summary.status === 'RUNNING') return { input, output: undefined, error: undefined, cause: undefined };
  const details = (await log.lastEntry(summary)).history.at(-1)?.details ?? {};
  return {
    input,
    output: details['output'] === undefined ? undefined : JSON.stringify(details['output']),
    // The event that closes an execution that took too long names an error; the execution has none.
    error: summary.status === 'TIMED_OUT' ? undefined : text(details['error']),
    cause: text(details['cause']),
  };
};
