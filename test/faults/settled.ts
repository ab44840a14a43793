/** Whether anything of a cell is still under way, in machines, functions, queues or jobs. */
import type { Service } from '../../runtime/operation.ts';
import type { StatesState } from '../../runtime/services/states/statesState.ts';
import type { Stage } from './stage.ts';

/** Virtual time without anything of a cell after which nothing more of it comes. */
const calm = 3_000;
/** Nothing may last longer: virtual time. */
const longest = 45 * 24 * 3_600_000;
/** Real time after which somebody is busy for ever. */
const patience = 240_000;

/** Executions of a cell that run, or whose end has not been told. */
export const openExecutions = ({ world, pipeline }: Pick<Stage, 'world' | 'pipeline'>) => {
  const { executions } = (world.runtime.services.get('states') as Service<StatesState>).state;
  return executions.summaries.open().filter(({ identity }) => identity.name.startsWith(`${pipeline}-`));
};

const isUnderWay = (stage: Stage): boolean => {
  const { world, pipeline } = stage;
  const speaksOfIt = ({ payload }: { payload: string }) => payload.includes(pipeline);
  const waiting = world.runtime.world.store.table<{ payload: string }>('lambda.events').values();
  return (
    openExecutions(stage).length > 0 ||
    Array.from(waiting).some(speaksOfIt) ||
    (world.watch.pool?.running().some(speaksOfIt) ?? false)
  );
};

const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

/**
 * Waits until nothing of a cell was under way for a while: true then. False when something still is after `within` virtual
 * milliseconds, or after longer than anything may last.
 */
export const settled = async (stage: Stage, within = longest): Promise<boolean> => {
  const { time } = stage.world;
  let late = false;
  const cancel = time.clock.alarm(time.clock.now() + within, () => (late = true));
  const given = performance.now() + patience;
  try {
    for (;;) {
      while (isUnderWay(stage)) {
        if (late || performance.now() > given) return false;
        await pause();
      }
      await time.wait(calm);
      if (!isUnderWay(stage)) return true;
    }
  } finally {
    cancel();
  }
};
