/** Events of S3 in bursts, and functions that die behind each of their writes: `npm run test:events -- --count 10000 --seed 1`. */
import { parseArgs } from 'node:util';
import { openEventWorld, type Policy } from '../functions/eventWorld.ts';
import { burst } from './burst.ts';
import { dieEverywhere } from './deaths.ts';

const { values } = parseArgs({
  options: {
    /** How many events are delivered; a third of them tells of a version of an object for the first time. */
    count: { type: 'string', default: '10000' },
    pipelines: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
  },
});
const world = await openEventWorld();
let faults = 0;
const tell = (report: object, wrong: readonly string[]) => {
  for (const it of wrong.slice(0, 100)) console.log(it);
  console.log(JSON.stringify({ ...report, wrong: wrong.length }));
  faults += wrong.length;
};
try {
  const started = performance.now();
  const versions = Math.ceil(Number(values.count) / 3);
  const options = { versions, pipelines: Number(values.pipelines), seed: Number(values.seed) };
  const { wrong, ...report } = await burst(world, options);
  tell({ ...report, seconds: Math.round((performance.now() - started) / 1000) }, wrong);
  for (const policy of ['parallel', 'queue', 'skip', 'replace'] satisfies Policy[]) {
    const { died, wrong: broken } = await dieEverywhere(world, policy);
    tell({ policy, died }, broken);
  }
} finally {
  await world.close();
}
process.exitCode = faults > 0 ? 1 : 0;
