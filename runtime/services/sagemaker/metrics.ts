import type { Clock } from '../../clock.ts';
import { told } from './failures.ts';

export interface MetricDefinition {
  Name: string;
  /** The first group captures the value. */
  Regex: string;
}

export interface MetricData {
  MetricName: string;
  Value: number;
  /** Epoch seconds. */
  Timestamp: number;
}

/** A log line is searched up to this length, so that a regex cannot be fed without bound. */
const searched = 16 * 1024;

/** Looks for metrics in log lines, as SageMaker does with a job's MetricDefinitions; the last value of each counts. */
export const metricScraper = (definitions: readonly MetricDefinition[], clock: Clock) => {
  const patterns = definitions.map(({ Name, Regex }) => ({ Name, regex: new RegExp(Regex) }));
  const last = new Map<string, MetricData>();
  return {
    read(line: string): void {
      const text = line.slice(0, searched);
      for (const { Name, regex } of patterns) {
        const value = Number.parseFloat(regex.exec(text)?.[1] ?? '');
        if (Number.isFinite(value)) last.set(Name, { MetricName: Name, Value: value, Timestamp: clock.now() / 1000 });
      }
    },
    /** What DescribeTrainingJob shows as FinalMetricDataList. */
    final: (): MetricData[] => [...last.values()],
  };
};

/** Why a regex cannot be used, if so. */
export const regexProblem = (regex: string): string | undefined => {
  try {
    void new RegExp(regex);
    return undefined;
  } catch (error) {
    return told(error);
  }
};
