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
const names = ['two classes', 'a number', 'many classes', 'hostile names'] as const;
const screens = [
  [320, 'light'],
  [768, 'dark'],
  [1280, 'light'],
] as const;

beforeAll(async () => {
  const [income, house, forest] = await Promise.all([incomeRun(), housePriceRun(), forestRun()]);
  for (const [place, run] of [income, house, forest, hostile(income)].entries())
    writeFileSync(join(folder, `${names[place]}.html`), reportHtml(run));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a report of', () => {
  for (const name of names)
    testInBrowser(`${name} opens without a request, an error or a line too wide, and prints`, async () => {
      const address = pathToFileURL(join(folder, `${name}.html`)).href;
      const page = await (await openBrowser()).newPage({ offline: true });
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('dialog', (dialog) => complaints.push(dialog.message()));
      page.on('request', (request) => {
        if (request.url() !== address) complaints.push(request.url());
      });
      for (const [width, colorScheme] of screens) {
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
