import { arnOf, type Place } from './arns.ts';
import { validationError } from './failures.ts';
import type { Model, ServableModel } from './model.ts';
import type { SageMakerTables } from './sagemakerState.ts';

/** A model with its container resolved, also from a model package. Throws ValidationException. */
export const resolveModel = (tables: SageMakerTables, model: Model): ServableModel => {
  const container = model.PrimaryContainer ?? model.Containers?.[0] ?? {};
  const { ModelPackageName } = container;
  const packaged = ModelPackageName === undefined ? undefined : packagedContainer(tables, ModelPackageName);
  const image = container.Image ?? packaged?.Image;
  if (image === undefined) throw validationError(`The model "${model.ModelArn}" names no image`);
  const modelDataUrl = container.ModelDataUrl ?? packaged?.ModelDataUrl;
  return {
    name: model.ModelName,
    image,
    ...(modelDataUrl !== undefined && { modelDataUrl }),
    environment: { ...packaged?.Environment, ...container.Environment },
    roleArn: model.ExecutionRoleArn,
  };
};

/** The model of this name, resolved. Throws ValidationException. */
export const servableModel = (tables: SageMakerTables, place: Place, name: string): ServableModel => {
  const model = tables.models.get(name);
  if (!model) throw validationError(`Could not find model "${arnOf(place, 'model', name)}".`);
  return resolveModel(tables, model);
};

const packagedContainer = (tables: SageMakerTables, nameOrArn: string) => {
  const found = tables.modelPackages.get(nameOrArn.replace(/^arn:.*:model-package\//, ''));
  if (!found) throw validationError(`ModelPackage ${nameOrArn} does not exist.`);
  const container = found.InferenceSpecification?.Containers[0];
  if (!container) throw validationError(`ModelPackage ${nameOrArn} has no InferenceSpecification.`);
  return container;
};
