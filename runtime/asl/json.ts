/** What travels through a machine. Values are never changed in place: state, history and journal share them. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Largest input, output or variable in UTF-8 bytes: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const payloadLimit = 262_144;

/** Whether the compact JSON text of a value stays within the payload quota. */
export const withinPayloadLimit = (value: Json): boolean => {
  const text = JSON.stringify(value);
  return text.length * 3 <= payloadLimit || Buffer.byteLength(text) <= payloadLimit;
};

/** A value inside a message: a text as it is, anything else as JSON. */
export const shown = (value: Json | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null);

/** A child by own property only: `constructor` and `__proto__` of a payload are data like any other key. */
export const member = (value: Json | undefined, key: string): Json | undefined =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
