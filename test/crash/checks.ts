/** What must hold of everything that was begun, however often its process was killed. */
import type { ReportedExecution, Effect, Report } from './order.ts';
import { canonicalHistory } from './canonical.ts';
import { effectsFile, linesOf, toldFile, type Told } from './stubs.ts';

export interface Checked {
  /** SIGKILLs by point. */
  kills: Record<string, number>;
  /** Histories that were compared with an undisturbed one, and those that are not the same. */
  executions: number;
  differences: number;
  /** Calls whose idempotency token was compared with that of the same task's other calls. */
  tokens: number;
  /** Those of them that were a repetition. */
  repeated: number;
  /** What is wrong, in words; every difference among it. */
  wrong: string[];
}

const firstDifference = (expected: readonly string[], actual: readonly string[]) => {
  const at = expected.findIndex((line, i) => line !== actual[i]);
  const i = at < 0 ? expected.length : at;
  return `\n  expected: ${expected[i] ?? 'nothing'}\n  found:    ${actual[i] ?? 'nothing'}`;
};

/** Compares the histories of executions with that of one that met no crash. */
export const checkHistories = (
  expected: readonly string[],
  executions: readonly ReportedExecution[],
  namesOf: (execution: ReportedExecution) => string[],
  leaveOut: readonly string[] = [],
): string[] =>
  executions.flatMap((execution) => {
    const actual = canonicalHistory(execution, namesOf(execution), leaveOut);
    const ids = execution.events.every(({ id }, i) => id === i + 1) ? [] : [`${execution.arn}: event ids have gaps`];
    const same = actual.length === expected.length && expected.every((line, i) => line === actual[i]);
    return same ? ids : [...ids, `${execution.arn}: another history${firstDifference(expected, actual)}`];
  });

const grouped = <T>(items: readonly T[], key: (item: T) => string) => {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
};

/** Each task's effects are the same call, to the letter. */
export const checkEffects = (dataDir: string): Pick<Checked, 'tokens' | 'repeated' | 'wrong'> => {
  const effects = linesOf<Effect>(effectsFile(dataDir));
  const tasks = grouped(effects, ({ task }) => task);
  const wrong = [...tasks].flatMap(([task, [first, ...more]]) =>
    more.every((again) => JSON.stringify(again) === JSON.stringify(first))
      ? []
      : [`${task}: repeated with another token or payload`],
  );
  return { tokens: effects.length, repeated: effects.length - tasks.size, wrong };
};

const inputOf = ({ input }: ReportedExecution) => JSON.parse(input) as { parent?: string; by?: string };

/** Every task that starts an execution has started exactly one. */
export const checkChildren = ({ executions }: Report): string[] => {
  const children = grouped(
    executions.filter(({ machine }) => machine === 'child'),
    (child) => `${inputOf(child).parent} ${inputOf(child).by}`,
  );
  const twice = [...children]
    .filter(([, { length }]) => length !== 1)
    .map(([by, all]) => `${by}: ${all.length} children`);
  const parents = executions.filter(({ machine }) => machine === 'parent');
  const none = parents.flatMap(({ arn }) =>
    ['Nested', 'Leave'].filter((by) => !children.has(`${arn} ${by}`)).map((by) => `${arn} ${by}: no child`),
  );
  return [...twice, ...none];
};

/** The bus has heard of each start and each end at least once, and never of an end before the start. */
export const checkTold = (dataDir: string, { executions }: Report): string[] => {
  const told = grouped(linesOf<Told>(toldFile(dataDir)), ({ executionArn }) => executionArn);
  return executions.flatMap(({ arn, status }) => {
    const heard = (told.get(arn) ?? []).map((it) => it.status).filter((it, i, all) => it !== all[i - 1]);
    return heard.join() === `RUNNING,${status}` ? [] : [`${arn}: the bus heard ${heard.join(', ') || 'nothing'}`];
  });
};
