/**
 * Every quarter of an hour: ends what still runs or is held although its run is over. Nothing of it should ever be found, for
 * runEnded clears away at once; what is found here was lost by a fault. It may be called at any time, and twice at once.
 */
import * as z from 'zod';
import { define, logger } from './lib/define.ts';
import { measure } from './lib/metrics.ts';
import { openReaper, type Reaped } from './lib/orphans.ts';

export const handler = define({
  input: z.looseObject({}),
  async run(): Promise<Reaped> {
    const reaper = openReaper();
    const { found, faults, jobs } = reaper;
    const steps = [
      () => reaper.runs(),
      // Executions first, so that none of them submits another job behind our back.
      ...['candidate', 'deployEndpoint', 'deployBatch'].map((machine) => () => reaper.executionsOf(machine)),
      jobs.training,
      jobs.transform,
    ];
    for (const step of steps) await step().catch((fault: unknown) => faults.push(fault));
    const { ends, lost, locks, executions } = found;
    measure({ OrphansReaped: ends + lost + locks + executions + found.jobs });
    if (found.unfinished) logger.warn('There is more than one pass can look at: the next one goes on.');
    // Told last, so that what cannot be looked at keeps nothing else.
    if (faults.length > 0) throw faults[0];
    return found;
  },
});
