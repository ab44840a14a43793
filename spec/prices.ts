/**
 * What an instance hour costs: our own table, dated, and the user's `prices.yaml`, whose figures go before it. A price that
 * neither knows is unknown, and never zero.
 */
import * as z from 'zod';
import { instanceType } from './pipeline.ts';

export const priceSchema = z.strictObject({
  usdPerHour: z.number().min(0).max(100_000),
  /** Who says so, of which region and date. */
  source: z.string().max(200),
});
export type Price = z.infer<typeof priceSchema>;

/** By instance type; what is not in it is unknown. */
export const priceList = z.record(z.string(), priceSchema);
export type Prices = Readonly<z.infer<typeof priceList>>;

/** How sure a figure is; none of ours stood in AWS's own price list. */
const confidences = {
  'third-party-repeated': 'the same figure in at least three public tables',
} as const;

/** On-demand prices of one instance hour. The sources do not tell training, transform and hosting apart. */
export const knownPrices = {
  asOf: '2026-11-21',
  region: 'us-east-1',
  instances: {
    'ml.m5.large': { usdPerHour: 0.115, confidence: 'third-party-repeated' },
    'ml.m5.xlarge': { usdPerHour: 0.23, confidence: 'third-party-repeated' },
    'ml.m5.2xlarge': { usdPerHour: 0.461, confidence: 'third-party-repeated' },
    'ml.m5.4xlarge': { usdPerHour: 0.922, confidence: 'third-party-repeated' },
    'ml.c5.xlarge': { usdPerHour: 0.204, confidence: 'third-party-repeated' },
    'ml.c5.2xlarge': { usdPerHour: 0.408, confidence: 'third-party-repeated' },
    'ml.g4dn.xlarge': { usdPerHour: 0.7364, confidence: 'third-party-repeated' },
    'ml.g5.xlarge': { usdPerHour: 1.408, confidence: 'third-party-repeated' },
    'ml.p3.2xlarge': { usdPerHour: 3.825, confidence: 'third-party-repeated' },
  } as Readonly<Record<string, { usdPerHour: number; confidence: keyof typeof confidences }>>,
};

/** prices.yaml of the bucket. */
export const priceDocument = z.strictObject({
  /** The day that the figures are of. */
  asOf: z.iso.date().optional(),
  usdPerHour: z.record(instanceType, z.number().min(0).max(100_000)),
});
export type PriceDocument = z.infer<typeof priceDocument>;

/** The prices of these types, the user's before ours. */
export const pricesOf = (types: readonly string[], own?: PriceDocument): Prices =>
  Object.fromEntries(
    [...new Set(types)].flatMap((type): [string, Price][] => {
      const given = own?.usdPerHour[type];
      if (given !== undefined)
        return [[type, { usdPerHour: given, source: `prices.yaml${own?.asOf ? ` of ${own.asOf}` : ''}` }]];
      const known = knownPrices.instances[type];
      if (!known) return [];
      const { asOf, region } = knownPrices;
      const source = `${confidences[known.confidence]}, ${region}, ${asOf}`;
      return [[type, { usdPerHour: known.usdPerHour, source }]];
    }),
  );
