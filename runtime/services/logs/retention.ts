import type { World } from '../../operation.ts';
import { oldestKept, streamKey, type LogsState } from './logsState.ts';

const daily = 86_400_000;

/** Removes, once a day, the streams whose last event is older than their group keeps; younger streams hide what is older. */
export const keepRetention = (world: World, state: LogsState) => {
  let cancel = () => {};
  let sweeping = Promise.resolve();

  const sweep = async (now: number) => {
    for (const stream of Array.from(state.streams.values())) {
      const group = state.groups.get(stream.group);
      if (group?.retentionInDays === undefined) continue;
      const { lastEvent = stream.creationTime } = await state.files.extent(stream.group, stream.name);
      if (lastEvent >= oldestKept(now, group)) continue;
      state.streams.delete(streamKey(stream.group, stream.name));
      await state.files.removeStream(stream.group, stream.name);
    }
  };

  const run = () => {
    const now = world.clock.now();
    cancel = world.clock.alarm(now + daily, run);
    sweeping = sweeping
      .then(() => sweep(now))
      .catch((error: unknown) => world.log('warn', 'Old log events could not be removed', { error: String(error) }));
  };

  return {
    start: run,
    stop() {
      cancel();
      return sweeping;
    },
  };
};
