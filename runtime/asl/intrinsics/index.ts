/** The intrinsic functions by name, and how a call is evaluated. */
import { runtimeError } from '../errors.ts';
import type { Json } from '../json.ts';
import { follow, type Roots } from '../jsonpath/evaluate.ts';
import type { RandomState } from '../random.ts';
import { Refused, type Intrinsic } from './arguments.ts';
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
  'States.UUID': [uuid, 0, Infinity],
  'States.Format': [format, 1, Infinity],
};

/** The same path as AWS shows it: one into the Context Object lacks its first `$`. */
const shownPath = (source: string) => (source.startsWith('$$') ? source.slice(1) : source);

/** Calls one; a bad argument fails the execution, as does a path among the arguments that finds nothing. */
export const evaluateIntrinsic = (call: IntrinsicCall, roots: Roots, random: RandomState): Json => {
  const value = (argument: Argument): Json => {
    if (argument.kind === 'literal') return argument.value;
    if (argument.kind === 'call') return evaluate(argument.call);
    const found = follow(argument.path, roots);
    if (found.found) return found.value;
    throw runtimeError(
      `The function '${call.source}' had the following error: ${
        found.notArray ??
        `The JsonPath argument for the field '${shownPath(argument.path.source)}' could not be found in the input '${JSON.stringify(roots.input)}'`
      }`,
    );
  };
  const evaluate = ({ name, args }: IntrinsicCall): Json => {
    const values = args.map(value);
    const [run, least = 0, most = 0] = intrinsics[name] ?? [];
    try {
      if (!run || values.length < least || values.length > most) throw new Refused();
      return run(values, random);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // However deep the call stands, AWS shows the whole of what was written.
      throw runtimeError(
        `There was an error while evaluating the intrinsic function: ${call.source}. ${error.message || `Invalid arguments in ${name}`}`,
      );
    }
  };
  return evaluate(call);
};
