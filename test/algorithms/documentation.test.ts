import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { documentation, notePages } from '../../algorithms/documentation.ts';
import { algorithms } from '../../algorithms/index.ts';

/** Prettier pads table cells and escapes what Markdown would read; the words stay. */
const words = (markdown: string): string[] =>
  markdown
    .replaceAll(/-{3,}/g, '---')
    .replaceAll('\\', '')
    .split(/\s+/)
    .filter((word) => word !== '');

test('docs/algorithms.md says what the manifests say (mend it with: npm run docs)', () => {
  const page = readFileSync('docs/algorithms.md', 'utf8');
  expect(words(page)).toEqual(words(documentation(Object.values(algorithms))));
});

test('every page of notes exists', () => {
  for (const page of Object.values(notePages)) expect(existsSync(`docs/${page}`)).toBe(true);
});
