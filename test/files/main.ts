/** Reads generated odd files on both ways: `npm run test:files -- --count 10000 --seed 1`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEngine } from '../../data/engine.ts';
import { oddFile } from '../fixtures/oddFiles.ts';
import { readOddFile } from '../fixtures/readOddFile.ts';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const [count, first] = [Number(values.count), Number(values.seed)];
const folder = mkdtempSync(join(tmpdir(), 'sluice-files-'));
const engine = await openEngine({ folder, memoryBytes: 512 * 2 ** 20, threads: 2 });
const tally: Record<string, number> = { prepared: 0, refused: 0, wrong: 0, crashed: 0 };
let rows = 0;
const started = performance.now();
try {
  for (let seed = first; seed < first + count; seed++) {
    const read = await readOddFile(engine, oddFile(seed));
    tally[read.outcome] = (tally[read.outcome] ?? 0) + 1;
    rows += read.rows;
    if (read.outcome === 'wrong' || read.outcome === 'crashed')
      console.log(`seed ${seed} ${read.outcome}: ${read.message}`);
  }
} finally {
  engine.close();
  rmSync(folder, { recursive: true, force: true });
}
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(JSON.stringify({ files: count, firstSeed: first, ...tally, rows, seconds: Number(seconds) }));
process.exitCode = (tally['wrong'] ?? 0) + (tally['crashed'] ?? 0) > 0 ? 1 : 0;
