import { keys } from '../../spec/names.ts';
import { parsePrices } from '../../spec/parsePrices.ts';
import type { PriceDocument } from '../../spec/prices.ts';
import { readText } from './bucket.ts';

const maxBytes = 256 * 1024;

/** The user's own prices, if the bucket has them. Throws InputError when they are none. */
export const readPrices = async (): Promise<PriceDocument | undefined> => {
  const own = await readText(keys.prices, maxBytes);
  return own && parsePrices(own.text, keys.prices);
};
