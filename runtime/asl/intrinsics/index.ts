/** The intrinsic functions by name, and how a call is evaluated. */
import { StatesError, runtimeError } from '../errors.ts';
import type { Json } from '../json.ts';
import { follow, type Roots } from '../jsonpath/evaluate.ts';
import type { RandomState } from '../random.ts';
import type { Intrinsic } from './arguments.ts';
import * as arrays from './array.ts';
import { base64Decode, base64Encode, hash } from './encoding.ts';
import { jsonMerge, jsonToString, stringToJson } from './json.ts';
import { mathAdd, mathRandom } from './math.ts';
import type { Argument, IntrinsicCall } from './parse.ts';
import { format, stringSplit, uuid } from './text.ts';

/** Each with the least and the most arguments it takes. */
export const intrinsics: Readonly<Record<string, readonly [run: Intrinsic, least: number, most: number]>> = {
  'States.Array': [arrays.arrayOf, 0, Infinity],
  'States.ArrayPartition': [arrays.arrayPartition, 2, 2],
  'States.ArrayContains': [arrays.arrayContains, 2, 2],
  'States.ArrayRange': [arrays.arrayRange, 3, 3],
  'States.ArrayGetItem': [arrays.arrayGetItem, 2, 2],
  'States.ArrayLength': [arrays.arrayLength, 1, 1],
  'States.ArrayUnique': [arrays.arrayUnique, 1, 1],
  'States.Base64Encode': [base64Encode, 1, 1],
  'States.Base64Decode': [base64Decode, 1, 1],
  'States.Hash': [hash, 2, 2],
  'States.JsonMerge': [jsonMerge, 3, 3],
  'States.StringToJson': [stringToJson, 1, 1],
  'States.JsonToString': [jsonToString, 1, 1],
  'States.MathRandom': [mathRandom, 2, 3],
  'States.MathAdd': [mathAdd, 2, 2],
  'States.StringSplit': [stringSplit, 2, 2],
  'States.UUID': [uuid, 0, 0],
  'States.Format': [format, 1, Infinity],
};

/** Calls one; a path among the arguments that finds nothing fails the state, a bad argument is States.IntrinsicFailure. */
export const evaluateIntrinsic = (call: IntrinsicCall, roots: Roots, random: RandomState): Json => {
  const about = () => `The function '${call.source}' had the following error: `;
  const value = (argument: Argument): Json => {
    if (argument.kind === 'literal') return argument.value;
    if (argument.kind === 'call') return evaluateIntrinsic(argument.call, roots, random);
    const found = follow(argument.path, roots);
    if (found.found) return found.value;
    throw runtimeError(
      `${about()}The JsonPath argument for the field '${argument.path.source}' could not be found in the input '${JSON.stringify(roots.input)}'`,
    );
  };
  const [run, least, most] = intrinsics[call.name] ?? [];
  if (!run || call.args.length < (least ?? 0) || call.args.length > (most ?? 0)) {
    throw new StatesError('States.IntrinsicFailure', `${about()}no such function takes ${call.args.length} arguments`, {
      fault: true,
    });
  }
  const args = call.args.map(value);
  try {
    return run(args, random);
  } catch (error) {
    if (error instanceof StatesError)
      throw new StatesError(error.error, `${about()}${error.explanation}`, { fault: true });
    throw error;
  }
};
