import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { imageUri, repositoriesOf, versionsOf } from '../../algorithms/images.ts';

const textTable = z.record(z.string(), z.string());
const factsGrammar = z.object({
  uri: z.object({ examples: textTable }),
  registrySets: z.record(z.string(), textTable),
  algorithms: z.record(
    z.string(),
    z.object({
      versions: z.record(z.string(), z.object({ repository: z.string(), tag: z.string(), registrySet: z.string() })),
    }),
  ),
});

const factsFile = resolve('..', 'shared', 'facts', 'images.json');
const facts = existsSync(factsFile) ? factsGrammar.parse(JSON.parse(readFileSync(factsFile, 'utf8'))) : undefined;
const withFacts = facts ? test : test.skip;
const catalogue = ['linear-learner', 'xgboost'];

describe('image addresses', () => {
  test('name account, region, repository and tag', () => {
    expect(imageUri('linear-learner', 'us-east-1', '1')).toBe(
      '382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1',
    );
    expect(imageUri('xgboost', 'us-east-1', '1.7-1')).toBe(
      '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1',
    );
    expect(imageUri('xgboost', 'eu-central-1', '3.0-5')).toBe(
      '492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:3.0-5',
    );
    expect(imageUri('linear-learner', 'cn-north-1', '1')).toBe(
      '390948362332.dkr.ecr.cn-north-1.amazonaws.com.cn/linear-learner:1',
    );
  });

  withFacts('agree with the collected facts on every example of the catalogue (needs ../shared)', () => {
    const examples = Object.entries(facts!.uri.examples).filter(([title]) => catalogue.includes(title.split(' ')[0]!));
    expect(examples.length).toBeGreaterThan(2);
    for (const [title, uri] of examples) {
      const words = title.split(' ');
      expect(imageUri(words[0]!, words.at(-1)!, words.length === 3 ? words[1]! : '1')).toBe(uri);
    }
  });

  withFacts('agree with the collected facts on every version and region (needs ../shared)', () => {
    for (const algorithm of catalogue) {
      const versions = facts!.algorithms[algorithm]!.versions;
      expect(versionsOf(algorithm)).toEqual(Object.keys(versions));
      for (const [version, { repository, tag, registrySet }] of Object.entries(versions)) {
        for (const [region, account] of Object.entries(facts!.registrySets[registrySet]!)) {
          const uri = imageUri(algorithm, region, version);
          expect(uri.startsWith(`${account}.dkr.ecr.${region}.`)).toBe(true);
          expect(uri.endsWith(`/${repository}:${tag}`)).toBe(true);
        }
      }
    }
  });

  test('an unknown region, version or algorithm is refused with what is known', () => {
    expect(() => imageUri('linear-learner', 'eu-west-9', '1')).toThrow(
      /no image in region "eu-west-9".*Known: .*eu-west-1/,
    );
    expect(() => imageUri('xgboost', 'us-east-1', '1.7')).toThrow(
      'xgboost has no version "1.7". Did you mean "1.7-1"?',
    );
    expect(() => imageUri('xgbost', 'us-east-1', '1')).toThrow('Did you mean "xgboost"?');
    expect(() => imageUri('constructor', 'us-east-1', '1')).toThrow(RangeError);
    expect(() => imageUri('linear-learner', 'toString', '1')).toThrow(RangeError);
  });
});

test('repositories by which the images are recognised', () => {
  expect(repositoriesOf('linear-learner')).toEqual(['linear-learner']);
  expect(repositoriesOf('xgboost')).toEqual(['xgboost', 'sagemaker-xgboost']);
});
