/** One file of a model archive in a real bucket; what training code may have packed is bounded and told. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { write } from '../../functions/lib/bucket.ts';
import { readModelFile } from '../../functions/lib/modelFile.ts';
import { archive } from '../fixtures/modelArchives.ts';
import { openFunctionWorld } from './functionWorld.ts';

const key = 'runs/churn-0000000000000000/candidates/0/training/job/output/model.tar.gz';
let world: Awaited<ReturnType<typeof openFunctionWorld>>;
beforeAll(async () => {
  world = await openFunctionWorld();
});
afterAll(() => world.close());

const read = async (bytes: Uint8Array, bounds?: { file: number; unpacked: number }) => {
  await write(key, bytes, 'application/x-tar');
  return Buffer.from(await readModelFile(key, 'xgboost-model', bounds)).toString();
};
const model = '{"learner":{}}';

test.each(['xgboost-model', './xgboost-model'])(
  'the file is found as %s, whatever stands before and behind it',
  async (name) => {
    const packed = await archive([
      [{ name: './', type: 'directory' }, ''],
      [{ name: 'checkpoint/xgboost-model' }, 'another'],
      [{ name }, model],
      [{ name: 'behind' }, 'x'.repeat(2 ** 20)],
    ]);
    expect(await read(packed)).toBe(model);
  },
);

describe('what is not read says why:', () => {
  const packed = () =>
    archive([
      [{ name: 'before' }, 'x'.repeat(100_000)],
      [{ name: 'xgboost-model' }, model],
    ]);

  test('no such file, as with k-fold training, which writes one for each fold', async () => {
    const folds = archive([[{ name: 'xgboost-model-0' }, model]]);
    await expect(read(await folds)).rejects.toThrow(new RangeError('model.tar.gz has no file xgboost-model'));
  });

  test('a link in its place', async () => {
    const link = archive([[{ name: 'xgboost-model', type: 'symlink', linkname: '/etc/passwd' }, '']]);
    await expect(read(await link)).rejects.toThrow('has no file xgboost-model');
  });

  test('a larger file than is read', async () => {
    await expect(read(await packed(), { file: 5, unpacked: 2 ** 20 })).rejects.toThrow(
      new RangeError('xgboost-model has 14 bytes; up to 5 are read'),
    );
  });

  test('an archive that unpacks to more than is read', async () => {
    await expect(read(await packed(), { file: 100, unpacked: 50_000 })).rejects.toThrow(
      'model.tar.gz holds more than 50000 bytes',
    );
  });

  test.each([
    ['no gzip', async () => Buffer.from((await packed()).toString('base64'))],
    ['half a gzip', async () => (await packed()).subarray(0, 200)],
    ['a gzip of no archive', () => Promise.resolve(gzipSync('x'.repeat(2000)))],
  ])('%s', async (_, bytes) => {
    await expect(read(await bytes())).rejects.toThrow(RangeError);
  });
});

test('what S3 says stays as it is', async () => {
  await expect(readModelFile('runs/none/model.tar.gz', 'xgboost-model')).rejects.toMatchObject({ name: 'NotFound' });
});
