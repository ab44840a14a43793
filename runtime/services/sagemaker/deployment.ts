/** From an endpoint configuration to a fleet that can be built. */
import { arnOf, type Place } from './arns.ts';
import type { Deployment, Endpoint } from './endpoint.ts';
import { validationError } from './failures.ts';
import type { SageMakerTables } from './sagemakerState.ts';
import { servableModel } from './servableModel.ts';

/** The fleet a configuration describes. Throws ValidationException when it, or a model of it, is missing. */
export const deploymentOf = (
  tables: SageMakerTables,
  place: Place,
  configName: string,
  generation: number,
): Deployment => {
  const config = tables.endpointConfigs.get(configName);
  if (!config)
    throw validationError(`Could not find endpoint configuration "${arnOf(place, 'endpoint-config', configName)}".`);
  return {
    EndpointConfigName: config.EndpointConfigName,
    generation,
    variants: config.ProductionVariants.map((variant) => {
      const startup = variant.ContainerStartupHealthCheckTimeoutInSeconds;
      return {
        VariantName: variant.VariantName,
        weight: variant.InitialVariantWeight ?? 1,
        instanceCount: variant.InitialInstanceCount,
        model: servableModel(tables, place, variant.ModelName),
        ...(startup !== undefined && { startup: startup * 1000 }),
      };
    }),
  };
};

/** The generation after the last one an endpoint has used. */
export const nextGeneration = ({ current, next }: Endpoint): number =>
  Math.max(current?.generation ?? 0, next?.generation ?? 0) + 1;

type Retainable = 'DesiredInstanceCount' | 'DesiredWeight' | 'DataCaptureConfig';

/** Variants keep the weight and instance count they have now, unless excluded. */
export const retainProperties = (
  next: Deployment,
  current: Deployment | undefined,
  excluded: readonly Retainable[],
): Deployment => ({
  ...next,
  variants: next.variants.map((variant) => {
    const before = current?.variants.find(({ VariantName }) => VariantName === variant.VariantName);
    if (!before) return variant;
    return {
      ...variant,
      ...(!excluded.includes('DesiredWeight') && { weight: before.weight }),
      ...(!excluded.includes('DesiredInstanceCount') && { instanceCount: before.instanceCount }),
    };
  }),
});
