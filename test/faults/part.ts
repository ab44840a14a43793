/** A process that shares the work: has a world of its own and runs the cells that it is handed. */
import type { RoleUsage } from '../../runtime/iam/usage.ts';
import { runCells, type Ended, type Planned } from './cells.ts';
import { openFaultWorld } from './world.ts';

/** What a process is handed: cells to run beside each other, or nothing more. */
export type Handed = Planned[] | 'end';

/** A function's call, or a state of a machine. */
export type Place = readonly [string, string];

export interface Told extends Omit<Ended, 'seen' | 'entered'> {
  /** `submit sagemaker.CreateTrainingJob`, `stopped in candidate.PollTraining`; empty for a life undisturbed. */
  row: string;
  /** Where something can go wrong in it; of a life undisturbed only. */
  calls?: Place[];
  states?: Place[];
}

/** What it says: a cell that has ended, that it wants more, and at the end what its roles were used for. */
export type Said = { cell: Told } | { wants: 'more' } | { roles: RoleUsage[] };

export const rowOf = ({ order, stop }: Planned) => {
  if (order) return `${order.functionName} ${order.call}`;
  return stop ? `stopped in ${stop.machine}.${stop.state}` : '';
};

const distinct = (places: Place[]): Place[] => [...new Map(places.map((it) => [it.join(' '), it])).values()];

const told = ({ seen, entered, ...cell }: Ended): Told => ({
  ...cell,
  row: rowOf(cell),
  ...(!cell.order &&
    !cell.stop && {
      calls: distinct(seen.filter(({ armed }) => armed).map((it) => [it.functionName, it.call])),
      states: distinct(entered.filter(({ armed }) => armed).map((it) => [it.machine, it.state])),
    }),
});

/** To the process that shares the work out; standard output is full of what functions log. */
const say = (said: Said) => void process.send?.(said);

/** Runs what it is handed until there is no more. */
export const share = async () => {
  const world = await openFaultWorld();
  // Whoever breaks off, or whose other half is gone, leaves no folder behind.
  const breakOff = () => {
    if (process.connected) say({ roles: world.runtime.iamReport() });
    void world.close().finally(() => process.exit(130));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(signal, breakOff);
  say({ wants: 'more' });
  await new Promise<void>((resolve, reject) => {
    process.on('message', (handed: Handed) => {
      if (handed === 'end') return resolve();
      const tell = (cell: Ended) => say({ cell: told(cell) });
      runCells(world, handed, handed.length, tell).then(() => say({ wants: 'more' }), reject);
    });
  });
  say({ roles: world.runtime.iamReport() });
  await world.close();
};
