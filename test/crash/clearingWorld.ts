/** A journal and a store that give space back, killed whenever they do. */
import type { CrashPoint } from '../../runtime/crashPoints.ts';
import { killAndSurvive, type Deaths } from './drive.ts';

/** Kills at these points; what was found wrong, and how often it was killed at each. */
export const crashClearing = async (
  entry: string,
  dataDir: string,
  points: readonly CrashPoint[],
  deaths: Deaths,
): Promise<{ kills: Record<string, number>; wrong: string[] }> => {
  const { report, kills } = await killAndSurvive(entry, {
    ...deaths,
    world: 'clearing',
    dataDir,
    points,
    unreachable: [],
    mostNth: 2,
    longestLife: 1000,
    begins: () => [],
    owed: () => [],
  });
  return { kills, wrong: report.wrong ?? [] };
};
