import * as z from 'zod';
import { InputError } from './errors.ts';
import { readYaml } from './parsePipeline.ts';
import { priceDocument, type PriceDocument } from './prices.ts';

/** Throws InputError for a document that says no prices. */
export const parsePrices = (text: string, file: string): PriceDocument => {
  const parsed = priceDocument.safeParse(readYaml(text, file));
  if (parsed.success) return parsed.data;
  throw new InputError({
    what: z.prettifyError(parsed.error),
    where: file,
    expected: 'usdPerHour: { ml.m5.xlarge: 0.23 } and, if you like, asOf: 2026-11-21',
  });
};
