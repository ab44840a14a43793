/** Whatever a file is, it is prepared rightly or refused; `npm run test:files` reads 10,000 of them. */
import { expect, test } from '@jest/globals';
import { testEngine } from '../fixtures/dataset.ts';
import { oddFile } from '../fixtures/oddFiles.ts';
import { readOddFile } from '../fixtures/readOddFile.ts';

test('200 odd files are read alike on both ways, or refused', async () => {
  const engine = await testEngine();
  const outcomes: Record<string, number> = {};
  const faults: string[] = [];
  for (let seed = 1; seed <= 200; seed++) {
    const { outcome, message = '' } = await readOddFile(engine, oddFile(seed));
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (outcome === 'wrong' || outcome === 'crashed') faults.push(`seed ${seed}: ${message}`);
  }
  expect(faults).toEqual([]);
  expect(outcomes['prepared']).toBeGreaterThan(100);
  expect(outcomes['refused']).toBeGreaterThan(20);
});
