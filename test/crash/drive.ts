/** Lets a world live and die until it was killed often enough, then lets it end and checks what it has become. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { crashPoints, type CrashPoint } from '../../runtime/crashPoints.ts';
import type { Order, Report } from './order.ts';

/** Bundles the process that is killed; returns its path. */
export const buildLife = async (): Promise<string> => {
  const outfile = resolve('dist', 'crash', 'life.mjs');
  await build({
    entryPoints: [resolve('test', 'crash', 'life.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'error',
  });
  return outfile;
};

/** One life; true when it was killed. Throws what it said when it ended otherwise than by a kill or in peace. */
const live = (entry: string, order: Order): Promise<boolean> =>
  new Promise((settle, refuse) => {
    const child = spawn(process.execPath, [entry, JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const limit = setTimeout(() => child.kill('SIGTERM'), 120_000);
    child.once('exit', (code, signal) => {
      clearTimeout(limit);
      if (signal === 'SIGKILL') settle(true);
      else if (code === 0) settle(false);
      else refuse(new Error(`A life ended with ${signal ?? code}:\n${JSON.stringify(order)}\n${said}`));
    });
  });

export interface Lives {
  world: Order['world'];
  dataDir: string;
  /** Kills at each named point, and at random moments. */
  perPoint: number;
  atRandom: number;
  /** The n-th time a point is reached is at most this. */
  mostNth: number;
  /** Milliseconds a life has at most when it dies at random. */
  longestLife: number;
  /** Points this world cannot reach. */
  unreachable?: readonly CrashPoint[];
  /** What the i-th life begins. */
  begins: (life: number) => string[];
  random: () => number;
  progress?: (kills: number, of: number) => void;
}

export interface Survived {
  report: Report;
  kills: Record<string, number>;
}

/** Kills a world as often as asked, then lets all it has begun end. */
export const killAndSurvive = async (entry: string, lives: Lives): Promise<Survived> => {
  const { world, dataDir, perPoint, atRandom, mostNth, longestLife, unreachable = [], begins, random } = lives;
  mkdirSync(dataDir, { recursive: true });
  const deaths: (CrashPoint | undefined)[] = [
    ...crashPoints
      .filter((point) => !unreachable.includes(point))
      .flatMap((point) => Array<CrashPoint>(perPoint).fill(point)),
    ...Array<undefined>(atRandom).fill(undefined),
  ]
    .map((death) => ({ death, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ death }) => death);
  let life = 0;
  let kills = 0;
  for (const death of deaths) {
    // A life in which the point is not reached so often ends in peace; the next one has something new to do.
    for (let tries = 0; ; tries++) {
      if (tries === 5) throw new Error(`The point ${death} was not reached in 5 lives`);
      // Only what a former life has left unfinished can be resumed.
      if (death === 'execution.resumed')
        await live(entry, { world, dataDir, begin: begins(life++), arm: { point: 'task.beforeCall', nth: 1 } });
      const nth = tries > 0 ? 1 : 1 + Math.floor(random() * mostNth);
      const order: Order = {
        world,
        dataDir,
        begin: begins(life++),
        ...(death === undefined
          ? { killAfter: Math.floor((random() * longestLife) / (tries + 1)) }
          : { arm: { point: death, nth } }),
      };
      if (await live(entry, order)) break;
    }
    lives.progress?.(++kills, deaths.length);
  }
  return { report: await endInPeace(entry, { world, dataDir, begin: [] }), kills: killsOf(dataDir) };
};

const killsOf = (dataDir: string) => {
  const kills: Record<string, number> = {};
  const file = join(dataDir, 'kills.log');
  if (!existsSync(file)) return kills;
  for (const reason of readFileSync(file, 'utf8').split('\n').filter(Boolean)) kills[reason] = (kills[reason] ?? 0) + 1;
  return kills;
};

/** A life that nobody ends. */
export const endInPeace = async (entry: string, order: Order): Promise<Report> => {
  const report = join(order.dataDir, 'report.json');
  rmSync(report, { force: true });
  if (await live(entry, { ...order, report })) throw new Error('Somebody else killed the last life');
  return JSON.parse(readFileSync(report, 'utf8')) as Report;
};

/** Numbers from 0 to 1, the same for the same seed. */
export const seeded = (seed: number) => () => {
  seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
  return seed / 2 ** 32;
};
