/** What the last life of a crash test tells of all executions. */
import type { Principal, World } from '../../runtime/operation.ts';
import type { ReportedEvent, ReportedExecution } from './order.ts';

const root: Principal = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' };

/** Calls an operation as root. */
export const caller =
  (world: World) =>
  async <T>(service: string, operation: string, input: object): Promise<T> =>
    (await world.call(root, service, operation, input)) as T;

export type Caller = ReturnType<typeof caller>;

interface Listed {
  executionArn: string;
  name: string;
  status: string;
}

export const executionsOf = async (call: Caller, stateMachineArn: string): Promise<Listed[]> => {
  const all: Listed[] = [];
  let nextToken: string | undefined;
  do {
    const page = await call<{ executions: Listed[]; nextToken?: string }>('states', 'ListExecutions', {
      stateMachineArn,
      maxResults: 1000,
      ...(nextToken !== undefined && { nextToken }),
    });
    all.push(...page.executions);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return all;
};

export const historyOf = async (call: Caller, executionArn: string): Promise<ReportedEvent[]> =>
  (
    await call<{ events: ReportedEvent[] }>('states', 'GetExecutionHistory', {
      executionArn,
      maxResults: 1000,
    })
  ).events;

/** All executions of machines with their histories. */
export const reported = async (call: Caller, machineArns: readonly string[]): Promise<ReportedExecution[]> => {
  const all: ReportedExecution[] = [];
  for (const machineArn of machineArns) {
    for (const { executionArn, name, status } of await executionsOf(call, machineArn)) {
      const { input } = await call<{ input: string }>('states', 'DescribeExecution', { executionArn });
      const events = await historyOf(call, executionArn);
      all.push({ arn: executionArn, name, machine: machineArn.split(':').at(-1) ?? '', status, input, events });
    }
  }
  return all;
};
