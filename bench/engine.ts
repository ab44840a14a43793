/**
 * `npm run bench:engine [-- --json] [--recovery]`: transitions per second of the engine on its journal, everything on disk
 * (fdatasync) before an execution counts as ended, beside aws-local-stepfunctions, which keeps everything in memory. The same
 * machines in one run, each side in processes of its own that take turns, so that a busy machine slows both; after 1.5 seconds
 * that do not count, the median of nine turns in each of three processes. Making a machine goes through
 * the API: CreateStateMachine and StartExecution of a runtime, durable, against the peer's constructor and run.
 * `--recovery` measures instead how long 10,000 executions take to be under way again after SIGKILL, and the memory of
 * 100,000 that wait.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StateMachine } from 'aws-local-stepfunctions';
import { openRuntime } from '../runtime/index.ts';
import { states } from '../runtime/services/states/index.ts';
import { machineOf, openHost } from './engineHost.ts';
import { fillFolder, measureRecovery } from './engineRecovery.ts';
import { oneState, workloads, type Workload } from './workloads.ts';

const rounds = 3;
/** Turns that do not count: until the code is compiled and the heap has its size, on either side. */
const warmUpMilliseconds = 1500;
const turns = 9;
const machinesMade = 20;
const goals: Readonly<Record<string, number>> = { loop: 5, map: 5, concurrent: 1, create: 1 };

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

const check = (workload: Workload, outputs: readonly unknown[]) => {
  for (const output of outputs)
    if (output === undefined || !workload.holds(output as never))
      throw new Error(`Workload ${workload.name} came to something else`);
};

type Side = 'sluice' | 'peer';

/** What one side does in one turn. */
const openSide = async (side: Side, workload: Workload): Promise<() => Promise<unknown>> => {
  const { definition, input, executions } = workload;
  const all = Array.from({ length: executions });
  if (side === 'peer') {
    const machine = new StateMachine(definition as never);
    return async () => check(workload, await Promise.all(all.map(() => machine.run(input as never).result)));
  }
  const machine = machineOf(definition);
  const host = await openHost();
  return async () => {
    const ended = await Promise.all(all.map(() => host.run(machine, input)));
    check(
      workload,
      ended.map(({ output }) => output),
    );
  };
};

/** Runs in a process of its own, so that neither side has to live with the other's garbage: milliseconds of every turn. */
const play = async (side: Side, name: string | undefined): Promise<number[]> => {
  const workload = workloads.find((one) => one.name === name);
  if (!workload) throw new Error(`There is no workload ${name}`);
  const turn = await openSide(side, workload);
  const times: number[] = [];
  for (const until = performance.now() + warmUpMilliseconds; performance.now() < until;) await turn();
  for (let i = 0; i < turns; i++) times.push(await timed(turn));
  return times;
};

const played = (side: Side, { name }: Workload): number[] => {
  const entry = fileURLToPath(import.meta.url);
  const { stdout, status } = spawnSync(process.execPath, [entry, '--play', side, name], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`The workload ${name} failed on the side of ${side}`);
  return JSON.parse(stdout) as number[];
};

const measureWorkload = (workload: Workload) => {
  const times = { sluice: [] as number[], peer: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    times.sluice.push(...played('sluice', workload));
    times.peer.push(...played('peer', workload));
  }
  const rate = (list: readonly number[]) => Math.round((1000 * workload.transitions) / median(list));
  const [sluice, peer] = [rate(times.sluice), rate(times.peer)];
  return { name: workload.name, about: workload.about, unit: 'transitions/s', sluice, peer, ratio: sluice / peer };
};

/** CreateStateMachine until the answer of StartExecution, each durable; the median of many machines, in milliseconds. */
const measureCreation = async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  await using runtime = await openRuntime({ dataDir, services: [states] });
  const root = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' } as const;
  const roleArn = 'arn:aws:iam::000000000000:role/machine';
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let n = 0; n < machinesMade; n++) {
    const definition = JSON.stringify(oneState(n));
    const name = `machine-${n}`;
    ours.push(
      await timed(async () => {
        await runtime.world.call(root, 'states', 'CreateStateMachine', { name, roleArn, definition });
        const stateMachineArn = `arn:aws:states:eu-west-1:000000000000:stateMachine:${name}`;
        await runtime.world.call(root, 'states', 'StartExecution', { stateMachineArn });
      }),
    );
    theirs.push(await timed(() => new StateMachine(oneState(n) as never).run({}).result));
  }
  await runtime.close();
  rmSync(dataDir, { recursive: true });
  const [sluice, peer] = [median(ours), median(theirs)];
  return {
    name: 'create',
    about: 'make and start a one-state machine',
    unit: 'ms',
    sluice,
    peer,
    ratio: peer / sluice,
  };
};

type Figures = Awaited<ReturnType<typeof measureCreation>>;

const line = ({ about, unit, sluice, peer, ratio, name }: Figures) => {
  const shown = (value: number) => (unit === 'ms' ? value.toFixed(2) : value.toLocaleString('en'));
  const goal = goals[name] ?? 1;
  return `${about}: ${shown(sluice)} ${unit}, peer ${shown(peer)}: ${ratio.toFixed(1)} times (goal ${goal}${ratio >= goal ? ', met' : ''})`;
};

const machineFigures = () => ({
  node: process.version,
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  load: loadavg()[0],
});

const compare = async () => {
  const figures: Figures[] = [];
  for (const workload of workloads) figures.push(measureWorkload(workload));
  figures.push(await measureCreation());
  const ratios = Object.fromEntries(figures.map(({ name, ratio }) => [name, ratio]));
  return { machine: machineFigures(), goals, ratios, figures };
};

const [folder, count] = [process.argv[process.argv.indexOf('--fill') + 1], Number(process.argv.at(-1))];
const asJson = process.argv.includes('--json');
const [side, workload] = process.argv.slice(process.argv.indexOf('--play') + 1);
if (process.argv.includes('--play') && (side === 'sluice' || side === 'peer'))
  process.stdout.write(JSON.stringify(await play(side, workload)));
else if (process.argv.includes('--fill') && folder !== undefined) await fillFolder(folder, count);
else if (process.argv.includes('--recovery')) {
  const { recovery, memory } = await measureRecovery();
  const text = [
    `${recovery.executions} executions under way again ${(recovery.milliseconds / 1000).toFixed(2)} s after SIGKILL (goal ${recovery.goal / 1000} s)`,
    `${memory.executions} waiting executions: ${memory.mebibytes.toFixed(0)} MiB resident, ${memory.bytesEach.toFixed(0)} bytes each (goal ${memory.goal} MiB)`,
  ].join('\n');
  process.stdout.write(
    asJson ? `${JSON.stringify({ machine: machineFigures(), recovery, memory }, null, 2)}\n` : `${text}\n`,
  );
} else {
  const { figures, ...more } = await compare();
  process.stdout.write(
    asJson ? `${JSON.stringify({ ...more, figures }, null, 2)}\n` : `${figures.map(line).join('\n')}\n`,
  );
}
process.exit(0);
