/** Reads generated odd files on both ways, and prepares every fifth as a whole: `npm run test:files -- --count 10000 --seed 1`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEngine } from '../../data/engine.ts';
import { oddFile } from '../fixtures/oddFiles.ts';
import { prepareOddFile } from '../fixtures/prepareOddFile.ts';
import { type Outcome, readOddFile } from '../fixtures/readOddFile.ts';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const [count, first] = [Number(values.count), Number(values.seed)];
const folder = mkdtempSync(join(tmpdir(), 'sluice-files-'));
const engine = await openEngine({ folder, memoryBytes: 512 * 2 ** 20, threads: 2 });
const newTally = (): Record<string, number> => ({ prepared: 0, refused: 0, wrong: 0, crashed: 0 });
const tally = newTally();
/** Of whole preparations; most odd files have no column that could be predicted, and are refused. */
const whole = newTally();
const everyWhole = 5;
let rows = 0;
const note = (of: Record<string, number>, seed: number, { outcome, message }: Outcome) => {
  of[outcome] = (of[outcome] ?? 0) + 1;
  if (outcome === 'wrong' || outcome === 'crashed') console.log(`seed ${seed} ${outcome}: ${message}`);
};
const started = performance.now();
try {
  for (let seed = first; seed < first + count; seed++) {
    const read = await readOddFile(engine, oddFile(seed));
    note(tally, seed, read);
    rows += read.rows;
    if (seed % everyWhole === 0) note(whole, seed, await prepareOddFile(engine, oddFile(seed)));
  }
} finally {
  engine.close();
  rmSync(folder, { recursive: true, force: true });
}
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(JSON.stringify({ files: count, firstSeed: first, ...tally, rows, whole, seconds: Number(seconds) }));
const faults = [tally, whole].flatMap((of) => [of['wrong'] ?? 0, of['crashed'] ?? 0]);
process.exitCode = faults.some((it) => it > 0) ? 1 : 0;
