/** Our own machine, from a dropped file to a registered model, killed again and again beside a run that is left in peace. */
import { cpSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { canonicalHistory } from './canonical.ts';
import { checkHistories, type Checked } from './checks.ts';
import { endInPeace, killAndSurvive, type Lives } from './drive.ts';
import type { ReportedExecution } from './order.ts';

/** Packaging takes seconds; the test run has done it (scripts/testSetup.mjs), and so does `npm run test:crash`. */
const givePackage = (dataDir: string) => {
  mkdirSync(dataDir, { recursive: true });
  cpSync(resolve('.sluice', 'test', 'package'), join(dataDir, 'package'), { recursive: true });
};

/** A run is called after its pipeline and what was dropped; a candidate after its run. */
const namesOf = ({ name }: ReportedExecution) => {
  const run = name.replace(/-c\d+$/, '');
  return [run, run.replace(/-[0-9a-f]{16}$/, '')];
};

/** A job may end before the function that submitted it has answered, crash or none: then nothing was submitted, only succeeded. */
const racing = ['TaskSubmitted'];

const machines = ['sluice-dev-train', 'sluice-dev-candidate'] as const;

export const crashTrain = async (
  entry: string,
  folder: string,
  { runs, ...lives }: Pick<Lives, 'perPoint' | 'atRandom' | 'random' | 'progress'> & { runs: number },
): Promise<Checked & { kills: Record<string, number> }> => {
  const calm = join(folder, 'calmTrain');
  givePackage(calm);
  const expected = await endInPeace(entry, { world: 'train', dataDir: calm, begin: ['calm'] });
  const dataDir = join(folder, 'killedTrain');
  givePackage(dataDir);
  const begun = new Set<string>();
  const kinds = Math.max(1, Math.ceil((lives.perPoint * 13 + lives.atRandom) / runs));
  const { report, kills } = await killAndSurvive(entry, {
    ...lives,
    world: 'train',
    dataDir,
    mostNth: 4,
    longestLife: 1500,
    // Nothing in this machine waits for a token.
    unreachable: ['token.accepted', 'token.stored'],
    begins: (life) => [...begun.add(`killed${Math.floor(life / kinds)}`)],
  });
  const wrong = machines.flatMap((machine) => {
    const first = expected.executions.find((it) => it.machine === machine);
    if (!first) throw new Error(`The calm world has no execution of ${machine}`);
    const wanted = canonicalHistory(first, namesOf(first), racing);
    const found = report.executions.filter((it) => it.machine === machine);
    const missing =
      found.length === begun.size ? [] : [`${machine}: ${found.length} executions for ${begun.size} runs`];
    return [...missing, ...checkHistories(wanted, found, namesOf, racing)];
  });
  const jobs = report.executions.filter(({ machine }) => machine === machines[1]).map(({ name }) => `${name}-train`);
  const sameJobs = jobs.toSorted().join() === report.jobs.toSorted().join();
  return {
    kills,
    executions: report.executions.length,
    effects: report.jobs.length,
    repeated: 0,
    wrong: [...wrong, ...(sameJobs ? [] : [`Jobs: expected ${jobs.join()}, found ${report.jobs.join()}`])],
  };
};
