// The longest suites begin first, so that none of them is left running alone at the end. Jest knows durations of earlier runs only,
// and a fresh clone has none: by size, some of the shortest files, which take the longest, would come last.
import { createRequire } from 'node:module';

const require = createRequire(createRequire(import.meta.url).resolve('jest'));
const { default: TestSequencer } = createRequire(require.resolve('@jest/core'))('@jest/test-sequencer');

/** What takes long, the longest first. */
const long = [
  /\/e2e\/(training|serving)/,
  /\/functions\/triggersBurst/,
  /\/e2e\//,
  /\/cli\//,
  /\/crash\//,
  /\/schedulerYear/,
  /\/processes/,
];

const rank = ({ path }) => {
  const found = long.findIndex((it) => it.test(path));
  return found < 0 ? long.length : found;
};

export default class TestOrder extends TestSequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
