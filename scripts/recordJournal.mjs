// Keeps the journal that this release writes as a fixture; run once per release. See test/crash/recordJournal.ts.
import { runProgram } from './bundle.mjs';

await runProgram('test/crash/recordJournal.ts', 'dist/recordJournal.mjs', []);
