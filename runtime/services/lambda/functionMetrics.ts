/** What Lambda reports of functions in the namespace AWS/Lambda (developer guide, "Types of metrics for Lambda functions"). */
import type { World } from '../../operation.ts';

type Metric =
  | 'Invocations'
  | 'Errors'
  | 'Throttles'
  | 'Duration'
  | 'DeadLetterErrors'
  | 'DestinationDeliveryFailures'
  | 'AsyncEventsDropped';

/** Reports values of one function. */
export const measureFunction = (
  world: World,
  FunctionName: string,
  values: Readonly<Partial<Record<Metric, number>>>,
): void =>
  world.measure(
    Object.entries(values).map(([metric, value]) => ({
      namespace: 'AWS/Lambda',
      metric,
      dimensions: { FunctionName },
      value,
      unit: metric === 'Duration' ? 'Milliseconds' : 'Count',
    })),
  );
