/** Runs the trainer as the container does: files in, files out, in a folder of its own. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trainer } from '../../../algorithms/xgboost/trainer.ts';
import { temporaryFolder } from '../../fixtures/temporaryFolder.ts';

interface Job {
  hyperparameters: Readonly<Record<string, string>>;
  train: string;
  validation?: string;
  stopping?: (lines: readonly string[]) => boolean;
}

export const runJob = async ({ hyperparameters, train, validation, stopping = () => false }: Job) => {
  const root = temporaryFolder();
  const channels: Record<string, string> = {};
  for (const [name, text] of Object.entries({ train, validation })) {
    if (text === undefined) continue;
    channels[name] = join(root, name);
    mkdirSync(channels[name]);
    writeFileSync(join(channels[name], 'data.csv'), text);
  }
  const model = join(root, 'model');
  mkdirSync(model);
  const lines: string[] = [];
  await trainer.train({
    hyperparameters,
    channels,
    model,
    log: (line) => void lines.push(line),
    stopping: () => stopping(lines),
  });
  const file = join(model, 'xgboost-model');
  return { lines, folder: model, file, text: existsSync(file) ? readFileSync(file, 'utf8') : undefined };
};
