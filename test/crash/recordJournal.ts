/** `node scripts/recordJournal.mjs`: keeps the journal that this release writes, for every later one to replay. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixtureMachines, journals, openAt, passTime, type Kept } from './journalFixture.ts';
import { machineArn, roleArn } from './machines.ts';
import { caller, historyOf } from './reporting.ts';
import { tokensOf } from './stubs.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const target = join(journals, version);
if (existsSync(target)) throw new Error(`${target} is there: what a release has written does not change`);

const dataDir = mkdtempSync(join(tmpdir(), 'sluice-journal-'));
const { runtime, clock } = await openAt(dataDir, Date.UTC(2026, 10, 21));
const call = caller(runtime.world);
for (const [name, definition] of Object.entries(fixtureMachines))
  await call('states', 'CreateStateMachine', { name, definition, roleArn });

const arns: Record<string, string> = {};
const start = async (machine: string, name: string, input: object = {}) => {
  const { executionArn } = await call<{ executionArn: string }>('states', 'StartExecution', {
    stateMachineArn: machineArn(machine),
    name,
    input: JSON.stringify(input),
  });
  arns[name] = executionArn;
  return executionArn;
};
const statusOf = async (executionArn: string) =>
  (await call<{ status: string }>('states', 'DescribeExecution', { executionArn })).status;

await start('refuses', 'refused', { why: 'of the weather' });
await call('states', 'StopExecution', {
  executionArn: await start('sleeps', 'stopped'),
  error: 'Stop',
  cause: 'enough',
});
const ended = await start('parent', 'ended');
await passTime(clock, async () => {
  const [taskToken] = tokensOf(dataDir);
  const submitted = (await historyOf(call, ended)).some(
    ({ type, taskSubmittedEventDetails: about }) =>
      type === 'TaskSubmitted' && (about as { resourceType: string }).resourceType === 'lambda',
  );
  if (submitted) await call('states', 'SendTaskSuccess', { taskToken, output: '"by token"' });
  return submitted;
});
await passTime(clock, async () => (await statusOf(ended)) === 'SUCCEEDED');
const waiting = await start('parent', 'waiting');
await passTime(clock, async () => {
  const types = (await historyOf(call, waiting)).map(({ type }) => type);
  // Retried, its child done, and the token handed out: all that is left to wait for is the token.
  const count = (type: string) => types.filter((it) => it === type).length;
  return count('TaskSubmitted') === 2 && count('PassStateExited') + count('TaskStateExited') >= 3;
});
await start('sleeps', 'sleeping');

const kept: Kept = { at: clock.now(), executions: {}, taskToken: tokensOf(dataDir).at(-1) ?? '' };
for (const [name, arn] of Object.entries(arns)) {
  const { status, output, error } = await call<{ status: string; output?: string; error?: string }>(
    'states',
    'DescribeExecution',
    { executionArn: arn },
  );
  const types = (await historyOf(call, arn)).map(({ type }) => type);
  kept.executions[name] = { arn, status, types, ...(output && { output }), ...(error && { error }) };
}
await runtime.close();

mkdirSync(target, { recursive: true });
cpSync(join(dataDir, 'state.log'), join(target, 'state.log'));
cpSync(join(dataDir, 'states'), join(target, 'states'), { recursive: true });
writeFileSync(join(target, 'kept.json'), `${JSON.stringify(kept, null, 2)}\n`);
rmSync(dataDir, { recursive: true });
process.stdout.write(`${target} is written; commit it\n`);
