/** The endpoint of a pipeline, as people look at it. */
import * as z from 'zod';
import { showUsd } from './costs.ts';

export const endpointView = z
  .strictObject({
    endpointName: z.string(),
    /** SageMaker's EndpointStatus. */
    status: z.string(),
    /** The endpoint configuration in service. */
    config: z.string(),
    variants: z.array(
      z.strictObject({
        /** The run that trained its model. */
        variant: z.string(),
        /** What the model is to the pipeline; absent when requests over HTTP do not reach it any more. */
        role: z.enum(['champion', 'challenger']).optional(),
        /** Share of the requests over HTTP. */
        weight: z.number().optional(),
        /** SageMaker's own, for who invokes the endpoint without naming a variant. */
        currentWeight: z.number(),
        desiredWeight: z.number(),
        instances: z.int(),
        instanceType: z.string().optional(),
      }),
    ),
    /** As long as it stands; absent when the price of an instance is not known. */
    usdPerMonth: z.number().optional(),
  })
  .meta({ id: 'Endpoint' });
export type EndpointView = z.infer<typeof endpointView>;

/** One sentence, on an endpoint that a pipeline file does not ask for. */
export const tellStanding = (pipeline: string, { endpointName, usdPerMonth }: EndpointView): string =>
  `The endpoint ${endpointName} stands and costs ${
    usdPerMonth === undefined ? 'money (no price of its instances is known)' : `${showUsd(usdPerMonth)} a month`
  }, although this file does not ask for one: sluice undeploy ${pipeline} deletes it.`;
