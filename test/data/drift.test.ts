/** What changed since the previous drop, told from two profiles. */
import { describe, expect, test } from '@jest/globals';
import { driftBetween } from '../../data/drift.ts';
import { profileDataset } from '../../data/profile.ts';
import { datasetOf, randomFrom } from '../fixtures/dataset.ts';

const profileOf = async (rows: readonly string[], names = 'x,c') =>
  profileDataset(await datasetOf(`${names}\n${rows.join('\n')}\n`, { header: true }));

const drop = (seed: number, { shift = 0, scale = 1, rows = 4000, missing = 0, level = 'r' } = {}) => {
  const random = randomFrom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: rows }, () => {
    const x = random() < missing ? '' : (normal() * scale + shift).toFixed(4);
    return `${x},${['p', 'p', 'q', level][Math.floor(random() * 4)]}`;
  });
};

test('two samples of one distribution have not drifted', async () => {
  const [x, c] = driftBetween(await profileOf(drop(1)), await profileOf(drop(2, { rows: 2500 })));
  expect(x).toMatchObject({ column: 'x', verdict: 'none' });
  expect(x!.psi).toBeLessThan(0.03);
  expect(x!.pValue).toBeGreaterThan(0.01);
  expect(c).toMatchObject({ column: 'c', verdict: 'none' });
});

test('a drop has not drifted from itself', async () => {
  const profile = await profileOf(drop(1));
  for (const { psi, ks = 0, verdict } of driftBetween(profile, profile)) {
    expect(psi).toBeCloseTo(0, 12);
    expect(ks).toBeCloseTo(0, 12);
    expect(verdict).toBe('none');
  }
});

test('the distance is that of the two distributions, within what the bins hide', async () => {
  const [x] = driftBetween(await profileOf(drop(3, { shift: 1 })), await profileOf(drop(4)));
  // Two normal distributions one apart: 2Φ(½) − 1.
  expect(Math.abs(x!.ks! - 0.3829)).toBeLessThan(0.03);
  expect(x).toMatchObject({ verdict: 'large' });
  expect(x!.pValue).toBeLessThan(1e-9);
});

test('a few discrete values are compared where they are', async () => {
  const ones = (share: number, extra: string[] = []) =>
    Array.from({ length: 1000 }, (_, row): string => (row < share * 1000 ? '1,p' : '0,q')).concat(extra);
  const [x] = driftBetween(await profileOf(ones(0.2, ['0.5,p'])), await profileOf(ones(0.5)));
  expect(x!.ks).toBeCloseTo(0.3, 2);
});

describe('what else changes', () => {
  test('levels come and go', async () => {
    const [, c] = driftBetween(await profileOf(drop(1, { level: 's' })), await profileOf(drop(2)));
    expect(c).toMatchObject({ verdict: 'large', newLevels: ['s'], goneLevels: ['r'] });
  });

  test('values are missing', async () => {
    const [x] = driftBetween(await profileOf(drop(1, { missing: 0.3 })), await profileOf(drop(2)));
    expect(x!.missingShare!.before).toBe(0);
    expect(x!.missingShare!.now).toBeCloseTo(0.3, 1);
    expect(x!.verdict).toBe('large');
  });

  test('columns become another type, come and go', async () => {
    const now = await profileOf(['a,p', 'b,q'], 'x,d');
    const changes = driftBetween(now, await profileOf(drop(2))).map(({ column, change }) => [column, change]);
    expect(changes).toEqual([
      ['x', 'type'],
      ['d', 'new'],
      ['c', 'gone'],
    ]);
  });
});
