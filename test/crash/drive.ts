/** Lets a world live and die until it was killed often enough, then lets it end and checks what it has become. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { crashPoints, type CrashPoint } from '../../runtime/crashPoints.ts';
import type { Order, Report } from './order.ts';

/** Bundles the process that is killed; returns its path. */
export const buildLife = async (): Promise<string> => {
  const outdir = resolve('dist', 'crash');
  await build({
    entryPoints: [resolve('test', 'crash', 'life.ts')],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'error',
  });
  return join(outdir, 'life.mjs');
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

export interface Deaths {
  /** Kills at each named point, and at random moments. */
  perPoint: number;
  atRandom: number;
  random: () => number;
  /** Hears of each kill. */
  killed?: () => void;
}

export interface Lives extends Deaths {
  world: Order['world'];
  dataDir: string;
  /** The n-th time a point is reached is at most this. */
  mostNth: number;
  /** Milliseconds a life has at most when it dies at random. */
  longestLife: number;
  /** Where it is killed: the points of an execution, unless told otherwise. */
  points?: readonly CrashPoint[];
  /** Points this world cannot reach. */
  unreachable: readonly CrashPoint[];
  /** What a life begins; `idle` when all that was begun has ended. */
  begins: (idle: boolean) => string[];
  /** What the last life begins where a kill came too early. */
  owed: () => string[];
}

export interface Survived {
  report: Report;
  kills: Record<string, number>;
}

/** Kills a world as often as asked, then lets all it has begun end. */
export const killAndSurvive = async (entry: string, lives: Lives): Promise<Survived> => {
  const { world, dataDir, mostNth, longestLife, begins, random } = lives;
  mkdirSync(dataDir, { recursive: true });
  let idle = true;
  const killed = async (order: Pick<Order, 'arm' | 'killAfter'>) => {
    idle = !(await live(entry, { world, dataDir, begin: begins(idle), ...order }));
    if (!idle) lives.killed?.();
    return !idle;
  };
  const orderOf = (point: CrashPoint | undefined, tries: number): Pick<Order, 'arm' | 'killAfter'> =>
    point === undefined
      ? { killAfter: Math.floor((random() * longestLife) / (tries + 1)) }
      : { arm: { point, nth: tries > 0 ? 1 : 1 + Math.floor(random() * mostNth) } };
  for (const point of shuffledDeaths(lives)) {
    // A life in which the point is not reached so often ends in peace; the next one has something new to do.
    for (let tries = 0; ; tries++) {
      if (tries === 5) throw new Error(`The point ${point ?? 'at random'} was not reached in 5 lives`);
      // Only what a former life has left unfinished can be resumed.
      if (point === 'execution.resumed' && idle) await killed({ arm: { point: 'task.beforeCall', nth: 1 } });
      if (await killed(orderOf(point, tries))) break;
    }
  }
  return { report: await endInPeace(entry, { world, dataDir, begin: lives.owed() }), kills: killsOf(dataDir) };
};

const shuffledDeaths = ({
  perPoint,
  atRandom,
  points = crashPoints,
  unreachable,
  random,
}: Lives): (CrashPoint | undefined)[] =>
  [
    ...points
      .filter((point) => !unreachable.includes(point))
      .flatMap((point) => Array<CrashPoint>(perPoint).fill(point)),
    ...Array<undefined>(atRandom).fill(undefined),
  ]
    .map((death) => ({ death, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ death }) => death);

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
