/** Reports as people see them: opened from disk, offline, on a phone, a tablet and a desktop, and printed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { reportHtml } from '../../report/reportHtml.ts';
import { openBrowser, testInBrowser } from './browser.ts';
import { forestRun, hostile, housePriceRun, incomeRun } from './examples.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-report-'));
const runs = {
  'two classes': incomeRun,
  'a number': housePriceRun,
  'many classes': forestRun,
  'hostile names': () => incomeRun().then(hostile),
};

beforeAll(async () => {
  for (const [name, run] of Object.entries(runs)) writeFileSync(join(folder, `${name}.html`), reportHtml(await run()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a report of', () => {
  for (const name of Object.keys(runs))
    testInBrowser(`${name} opens without a request, an error or a line too wide, and prints`, async () => {
      const address = pathToFileURL(join(folder, `${name}.html`)).href;
      const page = await (await openBrowser()).newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('dialog', (dialog) => complaints.push(dialog.message()));
      page.on('request', (request) => {
        if (request.url() !== address) complaints.push(request.url());
      });
      for (const colorScheme of ['light', 'dark'] as const)
        for (const width of [320, 768, 1280]) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 900 });
          await page.goto(address);
          const [wide, tall] = await page.evaluate<[number, number]>(
            '[document.documentElement.scrollWidth, document.documentElement.scrollHeight]',
          );
          expect(wide).toBe(width);
          expect(tall).toBeGreaterThan(2000);
        }
      const pdf = await page.pdf({ format: 'A4' });
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      expect(complaints).toEqual([]);
      await page.close();
    });
});
