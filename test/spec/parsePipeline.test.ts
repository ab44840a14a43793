import { describe, expect, test } from '@jest/globals';
import { approvalSeconds } from '../../spec/approval.ts';
import { InputError } from '../../spec/errors.ts';
import { defaultPipeline, maxPipelineBytes, parsePipeline } from '../../spec/parsePipeline.ts';

const refusal = (text: string): string => {
  try {
    parsePipeline(text, 'pipelines/p.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  throw new Error('The file was accepted.');
};

describe('a pipeline file', () => {
  test('needs nothing but its name: xgboost is trained, the gate is the baseline, nothing is deployed', () => {
    const pipeline = parsePipeline('name: houses', 'pipelines/houses.yaml');
    expect(pipeline).toEqual(defaultPipeline('houses'));
    expect(pipeline.train.candidates).toEqual([{ algorithm: 'xgboost', hyperparameters: {} }]);
    expect(pipeline.train.maxRuntime).toBe(3600);
    expect(pipeline.deploy.target).toBe('none');
    expect(pipeline.gate.rules).toEqual([]);
    expect(pipeline.prepare.split).toEqual({ train: 0.7, validation: 0.15, test: 0.15, seed: 7, repeats: 1 });
  });

  test('says durations as people do', () => {
    const seconds = (text: string) => parsePipeline(`name: p\ntrain: { maxRuntime: ${text} }`, 'f').train.maxRuntime;
    expect(['90s', '15m', '2h', '1d', '120'].map(seconds)).toEqual([90, 900, 7200, 86_400, 120]);
  });

  test('says how long a person has to approve: not at all, a week, or its own time', () => {
    const seconds = (text: string) => approvalSeconds(parsePipeline(`name: p\napproval: ${text}`, 'f').approval);
    expect(['none', 'manual', '{ expires: 2d }'].map(seconds)).toEqual([0, 7 * 86_400, 2 * 86_400]);
    expect(refusal('name: p\napproval: yes')).toContain('approval: none, manual or { expires: 7d }');
    expect(refusal('name: p\napproval: { expires: 5s }')).toContain('approval.expires: Too small');
    expect(refusal('name: p\napproval: { expires: 31d }')).toContain('approval.expires: Too big');
  });

  test('shares the requests between two models, by weights that are one whole', () => {
    const weighted = (deploy: string) => `name: p\ndeploy: { ${deploy} }`;
    const weights = (champion: number, challenger: number) =>
      weighted(`target: endpoint, weights: { champion: ${champion}, challenger: ${challenger} }`);
    for (const share of [0, 0.07, 0.1, 0.3, 0.5, 1])
      expect(parsePipeline(weights(1 - share, share), 'f').deploy.weights?.challenger).toBe(share);
    expect(refusal(weights(0.8, 0.3))).toContain(
      'deploy.weights: the weights of champion and challenger add up to 1.1, expected 1',
    );
    expect(refusal(weights(80, 20))).toContain('add up to 100, expected 1');
    expect(refusal(weights(1.2, -0.2))).toContain('deploy.weights.challenger');
    expect(refusal(weighted('target: endpoint, weights: { champion: 0.8 }'))).toContain('deploy.weights.challenger');
    const both = 'target: endpoint, weights: { champion: 0.5, challenger: 0.5 }, traffic: { linear: {} }';
    expect(refusal(weighted(both))).toMatch(/deploy: weights keep two models .* leave one of the two out/);
    const batch = 'target: batch, weights: { champion: 0.5, challenger: 0.5 }';
    expect(refusal(weighted(batch))).toContain('deploy: weights belong to target: endpoint');
  });

  test('is refused for an unknown setting with its path and the near miss', () => {
    expect(refusal('name: p\ntrain: { candidate: [] }')).toContain(
      'train.candidate: unknown setting, did you mean candidates?',
    );
    expect(refusal('name: p\ntrain: { candidates: [{ algoritm: xgboost }] }')).toContain(
      'train.candidates[0].algoritm: unknown setting, did you mean algorithm?',
    );
    expect(refusal('name: p\nxyzzy: 1')).toMatch(/xyzzy: unknown setting, known here: name, data, prepare/);
  });

  test('is told everything that is wrong at once', () => {
    const message = refusal('name: P!\ntrain: { maxRuntime: 1s }\ndeploy: { target: moon }');
    expect(message).toContain('name:');
    expect(message).toContain('train.maxRuntime:');
    expect(message).toContain('deploy.target:');
    expect(message).toContain('pipelines/p.yaml');
  });

  test.each([
    ['fractions that do not add up', 'prepare: { split: { train: 0.9 } }', 'add up to 1'],
    ['a rule without a limit', 'gate: { rules: [{ metric: rmse }] }', 'min or max'],
    ['a rule about nothing', 'gate: { rules: [{ min: 1 }] }', 'one of metric, drift and figure'],
    [
      'a rule about two things',
      'gate: { rules: [{ metric: auc, drift: psi, max: 1 }] }',
      'one of metric, drift and figure',
    ],
    ['drift of a slice', 'gate: { rules: [{ drift: psi, slice: sex, max: 1 }] }', 'slice and bound belong to a metric'],
    ['a metric of a column', 'gate: { rules: [{ metric: auc, column: sex, max: 1 }] }', 'for a metric say slice'],
    ['a slice of two columns', 'gate: { rules: [{ metric: auc, slice: { a: 1, b: 2 }, max: 1 }] }', 'of one column'],
    ['a slice that is none', 'gate: { rules: [{ metric: auc, slice: 3, max: 1 }] }', '{ column: value }'],
    ['a threshold that is no score', 'evaluate: { threshold: 1 }', 'evaluate.threshold: Too big'],
    ['a criterion of no kind', 'evaluate: { threshold: f2 }', 'evaluate.threshold: a score between 0 and 1'],
    ['a class that counts nothing', 'train: { classWeights: { yes: 0 } }', 'train.classWeights'],
    ['weights of no kind', 'train: { classWeights: heavy }', 'none, balanced, or { class: weight }'],
    ['costs of nothing', 'evaluate: { threshold: { cost: { fp: 0, fn: 0 } } }', 'evaluate.threshold'],
    ['certain significance', 'gate: { champion: { significance: 1 } }', 'gate.champion.significance'],
    ['a rule that nothing can pass', 'gate: { rules: [{ metric: rmse, min: 2, max: 1 }] }', 'min must not exceed max'],
    ['an instance type of another service', 'train: { instance: { type: t3.micro } }', 'ml.m5.xlarge'],
    ['a budget of nothing', 'budget: { maxUsd: 0 }', 'budget.maxUsd'],
    ['more than 28 days', 'train: { maxRuntime: 29d }', 'train.maxRuntime'],
  ])('is refused for %s', (_, line, expected) => {
    expect(refusal(`name: p\n${line}`)).toContain(expected);
  });

  test('that is not YAML is refused with the line', () => {
    expect(refusal('name: p\n  data: [')).toMatch(/not YAML.*line 1/s);
  });

  test('of more than 256 KiB is refused unread', () => {
    expect(refusal(`name: p # ${'x'.repeat(maxPipelineBytes)}`)).toContain('too large');
  });

  test('cannot blow up by aliases', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', 'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]', 'c: [*b,*b,*b,*b,*b,*b,*b,*b,*b]'];
    expect(refusal(bomb.join('\n'))).toMatch(/alias|unknown setting/i);
  });
});
