import * as z from 'zod';

/** Grammars that take anything because it is looked at later: what the OpenAPI document shows in their place. */
export const shownAs = new WeakMap<z.ZodType, z.ZodType>();

/** Takes any JSON; documented as `schema`. */
export const unread = (schema: z.ZodType) => {
  const anything = z.unknown();
  shownAs.set(anything, schema);
  return anything;
};
