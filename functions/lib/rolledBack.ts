import { AlgorithmError } from '../../spec/errors.ts';

/** By this name the train machine tells a model that did not stand the traffic, and gave way to the one before, from a failure. */
export class RolledBack extends AlgorithmError {
  override name = 'RolledBack';
}
