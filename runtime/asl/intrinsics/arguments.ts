/** What intrinsic functions are and how they check their arguments. */
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { RandomState } from '../random.ts';

export type Intrinsic = (args: readonly Json[], random: RandomState) => Json;

/** An argument a function does not take; without a text of its own AWS says `Invalid arguments in` the function. */
export class Refused extends Error {}

/** Fails the call; the caller adds which call it was. */
export const refuse = (what?: string): never => {
  throw new Refused(what);
};

export const text = (value: Json | undefined): string => (typeof value === 'string' ? value : refuse());

export const array = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : refuse());

export const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : refuse());

export const number = (value: Json | undefined): number => (Number.isFinite(value) ? (value as number) : refuse());

/** Fractions are cut off: 1.6 is 1, -0.6 is 0. */
export const integer = (value: Json | undefined): number => Math.trunc(number(value));
