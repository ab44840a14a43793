/** The machine of machines.ts, killed again and again, beside one that is left in peace. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalHistory } from './canonical.ts';
import { checkChildren, checkEffects, checkHistories, checkTold, type Checked } from './checks.ts';
import { endInPeace, killAndSurvive, type Deaths } from './drive.ts';
import type { Report, ReportedExecution } from './order.ts';

const namesOf = ({ name, input }: ReportedExecution) => {
  const { parent } = JSON.parse(input) as { parent?: string };
  // An execution is part of its parent's story and of its own.
  return [...(parent === undefined ? [] : [parent.split(':').at(-1) ?? '']), name];
};

const named = ({ executions }: Report, machine: string, by?: string) =>
  executions.filter(
    (it) => it.machine === machine && (by === undefined || (JSON.parse(it.input) as { by: string }).by === by),
  );

/** Kills the machine's world and checks what it has become. */
export const crashMachine = async (entry: string, folder: string, deaths: Deaths): Promise<Checked> => {
  const calm = join(folder, 'calm');
  mkdirSync(calm, { recursive: true });
  const expected = await endInPeace(entry, { world: 'machine', dataDir: calm, begin: ['calm-run'] });
  const dataDir = join(folder, 'killed');
  let life = 0;
  const { report, kills } = await killAndSurvive(entry, {
    ...deaths,
    world: 'machine',
    dataDir,
    mostNth: 6,
    longestLife: 700,
    unreachable: [],
    begins: () => [`killed-run-${life++}`],
    // Each is one of many.
    owed: () => [],
  });
  const differences = (['parent', 'Nested', 'Leave'] as const).flatMap((which) => {
    const machine = which === 'parent' ? 'parent' : 'child';
    const by = which === 'parent' ? undefined : which;
    const [first] = named(expected, machine, by);
    if (!first) throw new Error(`The calm world has no ${which}`);
    const wanted = canonicalHistory(first, namesOf(first));
    return checkHistories(wanted, named(report, machine, by), namesOf);
  });
  const { tokens, repeated, wrong } = checkEffects(dataDir);
  return {
    kills,
    executions: report.executions.length,
    differences: differences.length,
    tokens,
    repeated,
    wrong: [...differences, ...wrong, ...checkChildren(report), ...checkTold(dataDir, report)],
  };
};
