// Kills processes in the middle of executions; see test/crash/main.ts.
import { runProgram } from './bundle.mjs';
import prepare from './testSetup.mjs';

// Help needs nothing of what is killed.
if (!process.argv.includes('--help')) await prepare();
await runProgram('test/crash/main.ts', 'dist/crash/main.mjs');
