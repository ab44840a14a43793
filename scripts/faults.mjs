// Makes every call of every function go wrong; see test/faults/main.ts.
import { runProgram } from './bundle.mjs';
import prepare from './testSetup.mjs';

// Help needs nothing of what goes wrong.
if (!process.argv.includes('--help')) await prepare();
// ^C is for the program, which tells what it has found by then.
process.on('SIGINT', () => {});
await runProgram('test/faults/main.ts', 'dist/faults/main.mjs');
