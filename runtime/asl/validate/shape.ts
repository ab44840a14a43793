/** Which fields each type of state has, and in which query language. https://states-language.net/spec.html */
import type { Bounds } from './values.ts';

interface Shape {
  both?: readonly string[];
  JSONPath?: readonly string[];
  JSONata?: readonly string[];
  required?: readonly string[];
  /** Fields of which there may be one, and where `needed`, has to be one. */
  onlyOne?: readonly (readonly [fields: readonly string[], needed: boolean])[];
  numbers?: Readonly<Record<string, Bounds>>;
}

const flow = ['Next', 'End'];
const retried = ['Retry', 'Catch'];
const paths = ['InputPath', 'OutputPath'];
const results = [...paths, 'Parameters', 'ResultSelector', 'ResultPath'];
const goesOn = [flow, true] as const;
const orPath = (field: string) => [[field, `${field}Path`], false] as const;
const duration: Bounds = { least: 1, most: 99_999_999 };

/** In the order in which AWS names them. */
export const shapes: Readonly<Record<string, Shape>> = {
  Task: {
    both: [...flow, ...retried, 'Assign', 'Resource', 'TimeoutSeconds', 'HeartbeatSeconds', 'Credentials'],
    JSONPath: [...results, 'TimeoutSecondsPath', 'HeartbeatSecondsPath'],
    JSONata: ['Arguments', 'Output'],
    required: ['Resource'],
    onlyOne: [goesOn, orPath('TimeoutSeconds'), orPath('HeartbeatSeconds')],
    numbers: { TimeoutSeconds: duration, HeartbeatSeconds: duration },
  },
  Wait: {
    both: [...flow, 'Seconds', 'Timestamp', 'Assign'],
    JSONPath: [...paths, 'SecondsPath', 'TimestampPath'],
    JSONata: ['Output'],
    onlyOne: [goesOn, [['SecondsPath', 'Seconds', 'TimestampPath', 'Timestamp'], true]],
    numbers: { Seconds: { least: 0, most: 99_999_999 } },
  },
  Pass: {
    both: [...flow, 'Assign'],
    JSONPath: [...paths, 'Parameters', 'Result', 'ResultPath'],
    JSONata: ['Output'],
    onlyOne: [goesOn],
  },
  Succeed: { JSONPath: paths, JSONata: ['Output'] },
  Fail: {
    both: ['Error', 'Cause'],
    JSONPath: ['ErrorPath', 'CausePath'],
    onlyOne: [orPath('Error'), orPath('Cause')],
  },
  Choice: { both: ['Choices', 'Default', 'Assign'], JSONPath: paths, JSONata: ['Output'], required: ['Choices'] },
  Parallel: {
    both: [...flow, ...retried, 'Assign', 'Branches'],
    JSONPath: results,
    JSONata: ['Arguments', 'Output'],
    required: ['Branches'],
    onlyOne: [goesOn],
  },
  Map: {
    both: [
      ...flow,
      ...retried,
      'Assign',
      'ItemProcessor',
      'Iterator',
      'ItemSelector',
      'ItemReader',
      'ItemBatcher',
      'ResultWriter',
      'Label',
      'MaxConcurrency',
      'ToleratedFailureCount',
      'ToleratedFailurePercentage',
    ],
    JSONPath: [
      ...results,
      'ItemsPath',
      'MaxConcurrencyPath',
      'ToleratedFailureCountPath',
      'ToleratedFailurePercentagePath',
    ],
    JSONata: ['Items', 'Output'],
    onlyOne: [
      goesOn,
      [['ItemProcessor', 'Iterator'], true],
      orPath('MaxConcurrency'),
      orPath('ToleratedFailureCount'),
      orPath('ToleratedFailurePercentage'),
    ],
    numbers: {
      MaxConcurrency: { least: 0 },
      ToleratedFailureCount: { least: 0 },
      ToleratedFailurePercentage: { least: 0, most: 100, decimals: true },
    },
  },
};

const common = ['Type', 'Comment', 'QueryLanguage'];

/** Fields a state of this type may have in this language. */
export const fieldsOf = (type: string, language: 'JSONPath' | 'JSONata'): ReadonlySet<string> => {
  const shape = shapes[type] ?? {};
  return new Set([...common, ...(shape.both ?? []), ...(shape[language] ?? [])]);
};
