/** Debian's chromium, where it is installed: it is not fetched for a test. */
import { existsSync } from 'node:fs';
import { afterAll, test } from '@jest/globals';
import { chromium, type Browser } from 'playwright-core';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));

/** No sandbox, because root has none in a container; and nothing that would call home. */
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let browser: Browser | undefined;

/** One browser for all tests of a file. */
export const openBrowser = async (): Promise<Browser> =>
  (browser ??= await chromium.launch({ args, ...(executablePath !== undefined && { executablePath }) }));

afterAll(() => browser?.close());

/** A test in the browser; skipped, with the reason in its name, where there is none. */
export const testInBrowser = (name: string, run: () => Promise<void>) =>
  executablePath === undefined
    ? test.skip(`${name} (skipped: /usr/bin/chromium is not installed)`, run)
    : test(name, run);
