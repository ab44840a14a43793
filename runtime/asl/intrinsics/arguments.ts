/** What intrinsic functions are and how they check their arguments. */
import { StatesError } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { RandomState } from '../random.ts';

export type Intrinsic = (args: readonly Json[], random: RandomState) => Json;

/** Fails the call; the caller adds which call it was. */
export const refuse = (what: string): never => {
  throw new StatesError('States.IntrinsicFailure', what);
};

export const text = (value: Json | undefined): string =>
  typeof value === 'string' ? value : refuse('expected a string');

export const array = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : refuse('expected an array'));

export const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : refuse('expected an object'));

export const number = (value: Json | undefined): number =>
  typeof value === 'number' ? value : refuse('expected a number');

/** Numbers are rounded half up, as AWS does: 1.5 is 2, -1.5 is -1. */
export const integer = (value: Json | undefined): number => Math.round(number(value));
