/** Map runs over items that fail as long as the test says so, and what is looked up of them. */
import { DescribeMapRunCommand, ListExecutionsCommand, ListMapRunsCommand } from '@aws-sdk/client-sfn';
import type { ServiceFactory } from '../../../runtime/operation.ts';
import { openStatesWorld } from './statesWorld.ts';

/** `broken`: items that the function `item` fails for. */
export const openMapRunWorld = async (broken: readonly unknown[] = [], more: readonly ServiceFactory[] = []) => {
  const failing = new Set(broken);
  const tried: unknown[] = [];
  const item = (n: unknown) => {
    tried.push(n);
    if (failing.has(n)) throw new Error('down');
    return n;
  };
  const world = await openStatesWorld({ first: (n) => n, item }, more);
  const mapRunArns = async (executionArn: string) => {
    const { mapRuns = [] } = await world.sfn().send(new ListMapRunsCommand({ executionArn }));
    return mapRuns.map(({ mapRunArn }) => mapRunArn ?? '');
  };
  /** Of the only map run of an execution. */
  const mapRunOf = async (executionArn: string) => {
    const [arn, ...others] = await mapRunArns(executionArn);
    if (arn === undefined || others.length > 0) throw new Error(`${executionArn} has not one map run`);
    return arn;
  };
  return {
    world,
    broken: failing,
    /** Items that `item` was called with, in this order. */
    tried,
    mapRunArns,
    mapRunOf,
    described: async (executionArn: string) =>
      world.sfn().send(new DescribeMapRunCommand({ mapRunArn: await mapRunOf(executionArn) })),
    children: async (executionArn: string, more: object = {}) => {
      const mapRunArn = await mapRunOf(executionArn);
      const { executions = [] } = await world.sfn().send(new ListExecutionsCommand({ mapRunArn, ...more }));
      return executions;
    },
  };
};
