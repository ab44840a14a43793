/**
 * Attribute values of DynamoDB in AWS SDK integrations are spelled as the AWS SDK for Java spells its members: `Bool`, `Nul`,
 * `Ss`. The optimized integrations and the wire say `BOOL`, `NULL`, `SS`.
 */
import { isObject, type Json } from '../../../asl/json.ts';

const pairs = [
  ['BOOL', 'Bool'],
  ['NULL', 'Nul'],
  ['SS', 'Ss'],
  ['NS', 'Ns'],
  ['BS', 'Bs'],
] as const;

/** An attribute value has one member and holds no attribute values under these names; an item's attribute does. */
const renaming = (names: ReadonlyMap<string, string>) => {
  const change = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(change);
    if (!isObject(value)) return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only && !isObject(only[1])) {
      const name = names.get(only[0]);
      if (name !== undefined) return { [name]: only[1] };
    }
    return Object.fromEntries(entries.map(([key, inner]) => [key, change(inner)]));
  };
  return change;
};

/** From the machine's spelling to the wire's. */
export const attributeNames = renaming(new Map(pairs.map(([wire, sdk]) => [sdk, wire])));

/** From the wire's spelling to the machine's. */
export const sdkAttributeNames = renaming(new Map(pairs));
