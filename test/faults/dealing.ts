/** Deals cells out to processes, so many at a time to each, and hears how they ended. */
import { fork } from 'node:child_process';
import type { RoleUsage } from '../../runtime/iam/usage.ts';
import type { Planned } from './cells.ts';
import type { Handed, Said, Told } from './part.ts';

export interface Dealer {
  /** Resolves when all have ended, or nobody is left to run them. `ended` says whether a cell is to be run again. */
  deal(planned: readonly Planned[], atOnce: number, ended: (cell: Told) => boolean): Promise<void>;
  /** Ends the processes: what their roles were used for, and how many broke off. */
  close(): Promise<{ usages: RoleUsage[][]; broken: number }>;
}

/** Of a process: what thousands of runs leave in its world makes it slow, and another begins with an empty one. */
const mostCells = 250;

export const openDealer = (parts: number): Dealer => {
  const usages: RoleUsage[][] = [];
  const idle = new Set<(handed: Handed) => void>();
  const exits: Promise<void>[] = [];
  let living = 0;
  let broken = 0;
  let closing = false;
  let heard = (_cell: Told) => {};
  let stir = () => {};
  const begin = () => {
    let cells = 0;
    living++;
    const child = fork(process.argv[1] ?? '', ['--part'], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const hand = (handed: Handed) => {
      if (handed !== 'end') cells += handed.length;
      child.send(handed);
    };
    child.on('message', (said: Said) => {
      if ('cell' in said) heard(said.cell);
      else if ('roles' in said) usages.push(said.roles);
      else if (cells < mostCells || closing) idle.add(hand);
      else {
        hand('end');
        begin();
      }
      stir();
    });
    const exit = new Promise<void>((resolve) => {
      child.once('exit', (code) => {
        idle.delete(hand);
        living--;
        if (code !== 0) broken++;
        stir();
        resolve();
      });
    });
    exits.push(exit);
  };
  for (let part = 0; part < parts; part++) begin();
  return {
    deal: (planned, atOnce, ended) =>
      new Promise((resolve) => {
        const left = [...planned];
        let open = left.length;
        heard = (cell) => {
          const { scenario, order, stop } = cell;
          if (ended(cell)) left.push({ scenario, ...(order && { order }), ...(stop && { stop }) });
          else open--;
        };
        stir = () => {
          for (const hand of idle) {
            if (left.length === 0) break;
            idle.delete(hand);
            hand(left.splice(0, atOnce));
          }
          if (open === 0 || living === 0) resolve();
        };
        stir();
      }),
    async close() {
      closing = true;
      const end = () => {
        for (const hand of idle) hand('end');
        idle.clear();
      };
      stir = end;
      end();
      await Promise.all(exits);
      return { usages, broken };
    },
  };
};
