/** Whatever a file is, it is prepared rightly or refused; `npm run test:files` reads 10,000 of them. */
import { expect, test } from '@jest/globals';
import { testEngine } from '../fixtures/dataset.ts';
import { oddFile } from '../fixtures/oddFiles.ts';
import { prepareOddFile } from '../fixtures/prepareOddFile.ts';
import { readOddFile } from '../fixtures/readOddFile.ts';

test('200 odd files are read alike on both ways, and some of them prepared as a whole, or refused', async () => {
  const engine = await testEngine();
  const outcomes: Record<string, number> = {};
  const wholes: Record<string, number> = {};
  const faults: string[] = [];
  for (let seed = 1; seed <= 200; seed++) {
    const file = oddFile(seed);
    const { outcome, message = '' } = await readOddFile(engine, file);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (outcome === 'wrong' || outcome === 'crashed') faults.push(`seed ${seed}: ${message}`);
    if (seed % 5 > 0) continue;
    const whole = await prepareOddFile(engine, file);
    wholes[whole.outcome] = (wholes[whole.outcome] ?? 0) + 1;
    if (whole.outcome === 'wrong' || whole.outcome === 'crashed') faults.push(`seed ${seed}, whole: ${whole.message}`);
  }
  expect(faults).toEqual([]);
  expect(outcomes['prepared']).toBeGreaterThan(100);
  expect(outcomes['refused']).toBeGreaterThan(20);
  expect(wholes['prepared']).toBeGreaterThan(2);
});
