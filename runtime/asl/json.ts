/** What travels through a machine. Values are never changed in place: state, history and journal share them. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Largest input, output or variable in UTF-8 bytes: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const payloadLimit = 262_144;

/** What is left of `room` bytes behind the largest JSON text a value could have; gives up below zero. */
const roomBehind = (value: Json, room: number): number => {
  // A character takes at most six bytes: \u0000.
  if (typeof value === 'string') return room - 2 - 6 * value.length;
  if (typeof value !== 'object' || value === null) return room - 25;
  let left = room - 2;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && left >= 0; i++) left = roomBehind(value[i] ?? null, left - 1);
    return left;
  }
  for (const key in value) {
    if (left < 0) return left;
    left = roomBehind(value[key] ?? null, left - 4 - 6 * key.length);
  }
  return left;
};

/** Whether the compact JSON text of a value stays within the payload quota; most are so small that no text is needed to tell. */
export const withinPayloadLimit = (value: Json): boolean =>
  roomBehind(value, payloadLimit) >= 0 || Buffer.byteLength(JSON.stringify(value)) <= payloadLimit;

/** A value inside a message: a text as it is, anything else as JSON. */
export const shown = (value: Json | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null);

/** A child by own property only: `constructor` and `__proto__` of a payload are data like any other key. */
export const member = (value: Json | undefined, key: string): Json | undefined =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
