import type { Hyperparameter, Manifest } from './algorithm.ts';
import { nearMiss } from './nearMiss.ts';

/** One thing wrong with the hyperparameters given for an algorithm; `message` is a whole sentence of the other members. */
export interface HyperparameterProblem {
  name: string;
  /** As given; absent when a required hyperparameter is missing. */
  given?: string | number | boolean;
  expected: string;
  message: string;
  /** The known name that was probably meant, for an unknown name. */
  nearest?: string;
  /** Every known name, for an unknown name. */
  known?: readonly string[];
}

type Given = Readonly<Record<string, string | number | boolean>>;

const number = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const integer = /^[+-]?\d+$/;

const quoted = (values: readonly unknown[]): string => values.map((value) => `"${String(value)}"`).join(', ');

const rangeText = ({ min, max, minExclusive, maxExclusive }: Hyperparameter): string => {
  const parts = [];
  if (min !== undefined) parts.push(`${minExclusive ? 'greater than' : 'at least'} ${min}`);
  if (max !== undefined) parts.push(`${maxExclusive ? 'less than' : 'at most'} ${max}`);
  return parts.length > 0 ? ` ${parts.join(' and ')}` : '';
};

const typeTexts: Record<Hyperparameter['type'], (definition: Hyperparameter) => string> = {
  integer: (definition) => `an integer${rangeText(definition)}`,
  float: (definition) => `a number${rangeText(definition)}`,
  categorical: () => '',
  boolean: () => '"true" or "false"',
  string: () => 'a non-empty string',
};

/** What a hyperparameter takes, in words: `an integer at least 1, or "auto"`. */
export const expectation = (definition: Hyperparameter): string => {
  const { values, alsoAccepts = [] } = definition;
  const listed = values ? `one of ${quoted([...values, ...alsoAccepts])}` : undefined;
  if (listed) return listed;
  const text = typeTexts[definition.type](definition);
  return alsoAccepts.length > 0 ? `${text}, or ${quoted(alsoAccepts)}` : text;
};

const inRange = ({ min, max, minExclusive, maxExclusive }: Hyperparameter, value: number): boolean =>
  (min === undefined || (minExclusive ? value > min : value >= min)) &&
  (max === undefined || (maxExclusive ? value < max : value <= max));

const accepted: Record<Hyperparameter['type'], (definition: Hyperparameter, text: string) => boolean> = {
  integer: (definition, text) =>
    integer.test(text) && Number.isSafeInteger(Number(text)) && inRange(definition, Number(text)),
  float: (definition, text) => number.test(text) && Number.isFinite(Number(text)) && inRange(definition, Number(text)),
  categorical: () => false,
  boolean: (_, text) => text === 'true' || text === 'false',
  string: (_, text) => text !== '',
};

/** The wire form of a value, or undefined when the hyperparameter does not take it. */
const wireValue = (definition: Hyperparameter, given: string | number | boolean): string | undefined => {
  const text = String(given);
  if (definition.alsoAccepts?.includes(text)) return text;
  if (!definition.values) return accepted[definition.type](definition, text) ? text : undefined;
  const listed = definition.values.map(String);
  // A YAML boolean means whichever spelling the algorithm uses: `true` or `True`.
  const same =
    typeof given === 'boolean' ? (value: string) => value.toLowerCase() === text : (value: string) => value === text;
  return listed.find(same);
};

/**
 * Checks names and values against the manifest. `values` holds what was accepted, as strings for the wire; `problems` the
 * rest, in the order given. Does not ask for required ones: `manifest.complete` may still add them (see `missing`).
 */
export const checkHyperparameters = (
  manifest: Pick<Manifest, 'name' | 'hyperparameters'>,
  given: Given,
): { values: Record<string, string>; problems: HyperparameterProblem[] } => {
  const values: Record<string, string> = {};
  const problems: HyperparameterProblem[] = [];
  const known = manifest.hyperparameters.map(({ name }) => name);
  for (const [name, value] of Object.entries(given)) {
    const definition = manifest.hyperparameters.find((candidate) => candidate.name === name);
    if (!definition) {
      const nearest = nearMiss(name, known);
      const expected = nearest === undefined ? `one of ${known.join(', ')}` : `"${nearest}"`;
      const message =
        `${manifest.name} has no hyperparameter "${name}".${nearest === undefined ? '' : ` Did you mean "${nearest}"?`}` +
        ` Known: ${known.join(', ')}.`;
      problems.push({ name, given: value, expected, message, ...(nearest === undefined ? {} : { nearest }), known });
      continue;
    }
    const wire = wireValue(definition, value);
    if (wire !== undefined) {
      values[name] = wire;
      continue;
    }
    const expected = expectation(definition);
    const message = `Hyperparameter ${name} of ${manifest.name} is "${String(value)}"; expected ${expected}.`;
    problems.push({ name, given: value, expected, message });
  }
  return { values, problems };
};

/** The hyperparameters that are always required and absent from `values`; conditional ones are the trainer's to ask for. */
export const missing = (
  manifest: Pick<Manifest, 'name' | 'hyperparameters'>,
  values: Readonly<Record<string, string>>,
): HyperparameterProblem[] =>
  manifest.hyperparameters
    .filter(({ name, required }) => required === true && !Object.hasOwn(values, name))
    .map((definition) => {
      const expected = expectation(definition);
      const message = `Hyperparameter ${definition.name} of ${manifest.name} is required; expected ${expected}.`;
      return { name: definition.name, expected, message };
    });
