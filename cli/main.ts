/** The `sluice` command. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the gate or a person refused, 130 interrupted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { apply } from './apply.ts';
import { approve, reject } from './approve.ts';
import { contract } from './contract.ts';
import { costs } from './costs.ts';
import { demo } from './demo.ts';
import { diff } from './diff.ts';
import { down } from './down.ts';
import { models } from './models.ts';
import { predict } from './predict.ts';
import { projectRoot } from './project.ts';
import { promote, rollback } from './promote.ts';
import { retry } from './retry.ts';
import { runs } from './runs.ts';
import { score } from './score.ts';
import { Interrupted } from './session.ts';
import { show } from './show.ts';
import { stop } from './stop.ts';
import { clearLive, style, tell } from './terminal.ts';
import { train } from './train.ts';
import { undeploy } from './undeploy.ts';
import { up } from './up.ts';
import { UsageError } from './usageError.ts';
import { validate } from './validate.ts';
import { weights } from './weights.ts';

const { version, description } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  version: string;
  description: string;
};

const program = new Command('sluice')
  .description(description)
  .version(version)
  .option('--data-dir <folder>', 'where everything local is kept', '.sluice')
  .showSuggestionAfterError()
  .exitOverride();

// Before the commands are added: each takes over how help is shown.
program.configureHelp({ showGlobalOptions: true });
for (const add of [
  up,
  train,
  predict,
  score,
  runs,
  show,
  contract,
  validate,
  diff,
  apply,
  approve,
  reject,
  models,
  promote,
  rollback,
  weights,
  undeploy,
  costs,
  stop,
  retry,
  down,
  demo,
])
  add(program);

// `sluice runs | head` closes the pipe early: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  clearLive();
  const { code, message } = error as { code?: string; message: string };
  if (code?.startsWith('commander.'))
    process.exitCode =
      code === 'commander.help' || code === 'commander.helpDisplayed' || code === 'commander.version' ? 0 : 2;
  else {
    tell(`${style('red', 'sluice:')} ${message}`);
    if (process.env['SLUICE_DEBUG']) console.error(error);
    // What was interrupted may still hold the process, as a read of the terminal does.
    if (error instanceof Interrupted) process.exit(130);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
