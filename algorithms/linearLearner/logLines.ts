/** Lines of the log, in the container's own format, from which the metric regexes of `metrics.ts` read. */
import type { Quality } from './quality.ts';

const host = 'host=algo-1';

const qualityLine = (where: string, { name, kind, value }: Quality): string =>
  `#quality_metric: ${host}, ${where} ${name} <${kind}>=${value}`;

/** The lines at the end of an epoch. */
export const progressLines = (
  epoch: number,
  objective: string,
  losses: { train: number; validation: number | undefined },
  completedPercent: number,
  recordsPerSecond: number,
): string[] => {
  const channels = [
    ['train', losses.train],
    ['validation', losses.validation],
  ] as const;
  return [
    ...channels.flatMap(([channel, value]) =>
      value === undefined ? [] : [qualityLine(`epoch=${epoch}, ${channel}`, { name: objective, kind: 'loss', value })],
    ),
    `#progress_metric: ${host}, completed ${completedPercent.toFixed(1)} % of epochs`,
    `#throughput_metric: ${host}, train throughput=${recordsPerSecond.toFixed(0)} records/second`,
  ];
};

/** The lines that judge the chosen model on a channel. */
export const channelLines = (channel: string, qualities: readonly Quality[]): string[] =>
  qualities.map((quality) => qualityLine(channel, quality));
