import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { addCosts, ceilingOf, costOf, endpointUsdPerMonth, showUsd, tellEndpointCost } from '../../spec/costs.ts';
import { parsePipeline } from '../../spec/parsePipeline.ts';
import { parsePrices } from '../../spec/parsePrices.ts';
import { knownPrices, pricesOf } from '../../spec/prices.ts';

const pipeline = (text: string) => parsePipeline(`name: p\n${text}`, 'f');
const prices = pricesOf(['ml.m5.xlarge', 'ml.m5.large']);

describe('prices', () => {
  const facts = resolve('..', 'shared', 'facts', 'prices.json');
  const known = existsSync(facts);
  if (!known) console.warn('Skipped: the facts that the price table was taken from do not lie beside the project.');

  (known ? test : test.skip)('are the facts, each with how sure it is, of the same day and region', () => {
    const { about, sagemaker } = JSON.parse(readFileSync(facts, 'utf8')) as {
      about: { written: string; region: string };
      sagemaker: { instances: { instanceType: string; usdPerHour: number; confidence: string }[] };
    };
    expect(knownPrices).toEqual({
      asOf: about.written,
      region: about.region,
      instances: Object.fromEntries(
        sagemaker.instances.map(({ instanceType, usdPerHour, confidence }) => [
          instanceType,
          { usdPerHour, confidence },
        ]),
      ),
    });
  });

  test('are the user’s before ours, and unknown where neither says one', () => {
    const own = parsePrices('asOf: 2026-10-01\nusdPerHour: { ml.m5.xlarge: 0.257, ml.r5.large: 0.15 }', 'prices.yaml');
    expect(pricesOf(['ml.m5.xlarge', 'ml.r5.large', 'ml.c5.xlarge', 'ml.p5.48xlarge'], own)).toEqual({
      'ml.m5.xlarge': { usdPerHour: 0.257, source: 'prices.yaml of 2026-10-01' },
      'ml.r5.large': { usdPerHour: 0.15, source: 'prices.yaml of 2026-10-01' },
      'ml.c5.xlarge': { usdPerHour: 0.204, source: expect.stringContaining('us-east-1, 2026-11-21') },
    });
  });

  test.each(['usdPerHour: { m5.large: 1 }', 'usdPerHour: { ml.m5.large: -1 }', 'prices: {}', 'usdPerHour: [', ''])(
    'in a document that is not one are refused: %s',
    (text) => {
      expect(() => parsePrices(text, 'prices.yaml')).toThrow(expect.objectContaining({ name: 'InputError' }));
    },
  );
});

describe('the ceiling', () => {
  const of = (text: string) => ceilingOf(pipeline(text), prices);

  test('is every job at its limit: training and scoring of each candidate and fold, and the champion’s scoring', () => {
    expect(of('')).toBeCloseTo(3 * 0.23, 2);
    expect(of('train: { maxRuntime: 30m, instance: { count: 2 } }')).toBeCloseTo(0.5 * 4 * 0.23, 2);
    const folds = 'train: { candidates: [{ algorithm: a }, { algorithm: b }] }\nprepare: { split: { folds: 4 } }';
    expect(of(folds)).toBeCloseTo((2 * 5 * 2 + 1) * 0.23, 2);
    expect(of('deploy: { target: batch }')).toBeCloseTo(4 * 0.23, 2);
  });

  test('is not known where the price is not', () => {
    expect(of('train: { instance: { type: ml.p5.48xlarge } }')).toBeUndefined();
  });
});

describe('an endpoint', () => {
  test('costs as long as it stands: 730 hours a month', () => {
    const own = pipeline('deploy: { target: endpoint, instance: { count: 2 } }');
    expect(endpointUsdPerMonth(own, prices)).toBe(167.9);
    expect(tellEndpointCost(own, prices)).toMatch(
      /costs 167\.90 USD a month .* 2 × ml\.m5\.large at 0\.115 USD × 730 h/,
    );
  });

  test('costs twice as much with two models beside each other', () => {
    const two = pipeline('deploy: { target: endpoint, weights: { champion: 0.9, challenger: 0.1 } }');
    expect(endpointUsdPerMonth(two, prices)).toBe(167.9);
    expect(tellEndpointCost(two, prices)).toContain('2 × ml.m5.large');
  });

  test('costs nothing where there is none, and what is not known is said to be unknown', () => {
    expect(tellEndpointCost(pipeline(''), prices)).toBeUndefined();
    const unknown = pipeline('deploy: { target: endpoint, instance: { type: ml.p5.48xlarge } }');
    expect(endpointUsdPerMonth(unknown, prices)).toBeUndefined();
    expect(tellEndpointCost(unknown, prices)).toMatch(/is not known: no price of ml\.p5\.48xlarge/);
  });
});

describe('what was spent', () => {
  const use = (instanceType: string, seconds: number, count = 1) => ({ job: 'j', instanceType, count, seconds });

  test('is seconds times instances times price; what has no price is named and not taken for nothing', () => {
    const cost = costOf([use('ml.a.b', 1800, 2), use('ml.a.b', 900), use('ml.c.d', 60)], { 'ml.a.b': 0.4 });
    expect(cost).toEqual({ usd: 0.5, unknown: ['ml.c.d'] });
    expect(costOf([], {})).toEqual({ usd: 0, unknown: [] });
  });

  test('adds up by pipeline', () => {
    const of = (pipeline: string, usd: number, unknown: string[] = []) => ({ pipeline, runs: 1, usd, unknown });
    expect(addCosts([of('b', 0.1)], [of('a', 1), of('b', 0.2, ['x']), of('b', 0, ['x'])])).toEqual([
      { pipeline: 'a', runs: 1, usd: 1, unknown: [] },
      { pipeline: 'b', runs: 3, usd: 0.3, unknown: ['x'] },
    ]);
  });

  test('is shown so that little is not nothing', () => {
    expect([0, 0.00031, 0.69, 12.5, 1234.567].map(showUsd)).toEqual([
      '0 USD',
      '0.00031 USD',
      '0.69 USD',
      '12.50 USD',
      '1234.57 USD',
    ]);
  });
});
