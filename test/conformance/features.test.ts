/** docs/featureSupport.md says what the registries have. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { featureSections } from './features.ts';

/** Rows by section, as written. */
const documented = Object.fromEntries(
  readFileSync('docs/featureSupport.md', 'utf8')
    .split(/^## /m)
    .slice(1)
    .map((section) => [
      section.slice(0, section.indexOf('\n')),
      [...section.matchAll(/^\| `([^`]+)` *\| (yes|no) *\|$/gm)].map(([, name, yes]) => `${name} ${yes}`),
    ]),
);

test.each(await featureSections())('$title', ({ title, features, unlisted }) => {
  expect(unlisted).toEqual([]);
  // After a change: node scripts/featureSupport.mjs
  expect(documented[title]).toEqual(features.map(([name, yes]) => `${name} ${yes ? 'yes' : 'no'}`));
});
