/**
 * What an endpoint reports of each invocation (developer guide, "SageMaker endpoint invocation metrics"), for the variant and,
 * as during deployments on AWS, for the variant under its configuration, by which an alarm can watch the new fleet alone.
 */
import type { World } from '../../operation.ts';
import type { Chosen } from './chooseVariant.ts';

export interface Invoked {
  /** HTTP status of the container's answer; undefined where it gave none. */
  status?: number;
  /** Milliseconds the container took, and the whole invocation. */
  model: number;
  whole: number;
}

export const measureInvocation = (
  world: World,
  EndpointName: string,
  { fleet, variant }: Chosen,
  { status = 500, model, whole }: Invoked,
): void => {
  const values: [metric: string, value: number, unit: string][] = [
    ['Invocations', 1, 'Count'],
    ['Invocation4XXErrors', status >= 400 && status < 500 ? 1 : 0, 'Count'],
    ['Invocation5XXErrors', status >= 500 || status < 200 ? 1 : 0, 'Count'],
    ['ModelLatency', model * 1000, 'Microseconds'],
    ['OverheadLatency', (whole - model) * 1000, 'Microseconds'],
  ];
  const ofVariant = { EndpointName, VariantName: variant.VariantName };
  const ofFleet = { ...ofVariant, EndpointConfigName: fleet.EndpointConfigName };
  world.measure(
    [ofVariant, ofFleet].flatMap((dimensions) =>
      values.map(([metric, value, unit]) => ({ namespace: 'AWS/SageMaker', metric, dimensions, value, unit })),
    ),
  );
};
