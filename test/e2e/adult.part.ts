/** Adult, as a user's file comes: found to be binary, at real XGBoost's quality, with a model that real XGBoost loads. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { RunView } from '../../cli/api.ts';
import { sharedData } from './laptop.ts';
import { laptop } from './sharedLaptop.ts';

const files = existsSync(join(sharedData, 'adult.data'));
if (!files) console.warn('Skipped: the Adult data set is not beside the project (../shared/data).');
const python = '/usr/bin/python3';
const oracle = existsSync(python) && spawnSync(python, ['-c', 'import xgboost, sklearn']).status === 0;
if (!oracle) console.warn('Skipped: real XGBoost is not installed (Debian: python3-xgboost, python3-sklearn).');

(files ? describe : describe.skip)('Adult', () => {
  let run: RunView;

  beforeAll(async () => {
    const rows = readFileSync(join(sharedData, 'adult.data'), 'utf8').trimEnd();
    // The second file begins with a remark and ends each label with a full stop.
    const more = readFileSync(join(sharedData, 'adult.test'), 'utf8')
      .split('\n')
      .slice(1)
      .join('\n')
      .replaceAll('K.', 'K');
    run = await laptop.drop('adult', `${rows}\n${more.trimEnd()}\n`);
  }, 120_000);

  test('without a header, with spaces and ? for missing, is binary classification of the last column', () => {
    expect(run.outcome).toBe('REGISTERED');
    expect(run.prepared).toMatchObject({ problem: 'binary', target: 'column_15', classes: ['<=50K', '>50K'] });
    expect(run.prepared?.rows.read).toBe(48_842);
  });

  test('reaches an AUC of 0.92 on held-out rows', () => {
    expect(run.evaluation?.candidates[0]?.metrics['auc']).toBeGreaterThanOrEqual(0.92);
  });

  test('encoded as numbers, with the target in two columns: the second spelling of the target is left out', async () => {
    const clean = await laptop.drop('clean', readFileSync(join(sharedData, 'adult_census_clean.csv')));
    expect(clean.prepared).toMatchObject({ problem: 'binary', target: 'y_yes', leftOut: [{ column: 'y_no' }] });
    const auc = clean.evaluation?.candidates[0]?.metrics['auc'] ?? 0;
    expect(auc).toBeGreaterThan(0.92);
    expect(auc).toBeLessThan(0.95);
  }, 180_000);

  (oracle ? test : test.skip)(
    'agrees with real XGBoost: predictions to 1e-5, AUC within 0.003',
    async () => {
      const fetch = async (key: string, name: string) => {
        const { Body } = await laptop.clients.s3.send(new GetObjectCommand({ Bucket: run.source.bucket, Key: key }));
        writeFileSync(join(laptop.dataDir, name), (await Body?.transformToByteArray()) ?? '');
      };
      const { runId } = run;
      const job = `${runId}-c0-train`;
      await fetch(`runs/${runId}/candidates/0/training/${job}/output/model.tar.gz`, 'model.tar.gz');
      await fetch(`runs/${runId}/test/score/features.csv`, 'features.csv');
      await fetch(`runs/${runId}/test/labels.csv`, 'labels.csv');
      await fetch(`runs/${runId}/candidates/0/features.csv.out`, 'features.csv.out');
      await fetch(`runs/${runId}/train/train.csv`, 'train.csv');
      const { HyperParameters } = await laptop.clients.sagemaker.send(
        new DescribeTrainingJobCommand({ TrainingJobName: job }),
      );
      writeFileSync(join(laptop.dataDir, 'hyperparameters.json'), JSON.stringify(HyperParameters));
      const answer = execFileSync(python, ['test/e2e/comparePredictions.py', laptop.dataDir], { encoding: 'utf8' });
      const { rows, difference, auc, realAuc } = JSON.parse(answer.trim().split('\n').at(-1) ?? '') as Record<
        string,
        number
      >;
      expect(rows).toBe(run.prepared?.rows.test);
      expect(difference).toBeLessThan(1e-5);
      expect(Math.abs(auc! - realAuc!)).toBeLessThan(0.003);
    },
    120_000,
  );
});
