/**
 * Metrics inside of log lines, in CloudWatch's embedded metric format (user guide, "Specification: Embedded metric format"). A
 * line that is none, or not a valid one, is a line of the log like any other.
 */
import * as z from 'zod';
import type { Measurement } from '../../operation.ts';

const directive = z.object({
  Namespace: z.string().min(1).max(256),
  Dimensions: z.array(z.array(z.string()).max(30)),
  Metrics: z
    .array(z.object({ Name: z.string().min(1), Unit: z.string().optional(), StorageResolution: z.number().optional() }))
    .max(100),
});

const document = z.looseObject({
  _aws: z.object({ Timestamp: z.number(), CloudWatchMetrics: z.array(directive) }),
});

const values = z.union([z.number().transform((value) => [value]), z.array(z.number()).max(100)]);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The dimensions of one set, or undefined where the document lacks one of them. */
const dimensionsOf = (names: readonly string[], members: Readonly<Record<string, unknown>>) => {
  const pairs = names.map((name) => [name, members[name]] as const);
  return pairs.every((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '')
    ? Object.fromEntries(pairs)
    : undefined;
};

/** The measurements in a line: of JSON alone, or at the end of what Node's console writes in a function. */
export const embeddedMetrics = (line: string): Measurement[] => {
  if (!line.includes('"_aws"')) return [];
  const { data } = document.safeParse(parsed(line.slice(line.indexOf('{'))));
  if (!data) return [];
  const { _aws: metadata } = data;
  const { Timestamp: timestamp, CloudWatchMetrics } = metadata;
  return CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) => {
      const dimensions = dimensionsOf(names, data);
      if (!dimensions) return [];
      return Metrics.flatMap(({ Name: metric, Unit: unit = 'None', StorageResolution: resolution = 60 }) =>
        (values.safeParse(data[metric]).data ?? []).map((value): Measurement => ({
          namespace,
          metric,
          dimensions,
          value,
          unit,
          timestamp,
          resolution,
        })),
      );
    }),
  );
};
