/** A contract written into a pipeline file: the rest of the file stays as its author wrote it. */
import { describe, expect, test } from '@jest/globals';
import { withContract } from '../../cli/contract.ts';
import { contractSchema } from '../../spec/contract.ts';
import { InputError } from '../../spec/errors.ts';
import { parsePipeline } from '../../spec/parsePipeline.ts';

const contract = contractSchema.parse({
  columns: [
    { name: 'age', type: 'numeric', maxMissing: 0.1, min: -1.5, max: 1e21 },
    { name: 'is: it', type: 'categorical', maxMissing: 0, levels: ['yes', 'null', '1', '', '# no', 'ü'] },
  ],
});
const of = { pipeline: 'houses', file: 'houses.yaml' };

test.each([
  ['no data', 'name: houses\n'],
  ['data in a line', 'name: houses\ndata: { target: price }\n'],
  ['another contract', 'name: houses\ndata:\n  target: price\n  contract: { columns: [{ name: a }, { name: b }] }\n'],
  ['JSON', '{ "name": "houses", "data": { "target": "price" } }'],
])('it reads back as it was, into a file with %s', (_, text) => {
  const written = withContract(text, contract, of);
  const { data } = parsePipeline(written, of.file);
  expect(data.contract).toEqual(contract);
  expect(data.target).toBe(parsePipeline(text, of.file).data.target);
});

test('comments and order stay, a column is a line', () => {
  const text = '# why\nname: houses # ours\ntrain: { maxRuntime: 2h }\ndata:\n  target: price # in thousands\n';
  const written = withContract(text, contract, of);
  expect(written.startsWith(text)).toBe(true);
  expect(written).toContain('\n      - { name: age, type: numeric, maxMissing: 0.1, min: -1.5, max: 1e+21 }\n');
});

describe('refused, and nothing is written:', () => {
  test('the file of another pipeline', () => {
    expect(() => withContract('name: boats\n', contract, of)).toThrow(
      'houses.yaml is the pipeline boats, but the run is of houses',
    );
  });

  test('what is no pipeline file', () => {
    expect(() => withContract('nme: houses\n', contract, of)).toThrow(InputError);
  });

  test('a contract that makes the file larger than a pipeline file may be', () => {
    const columns = Array.from({ length: 9000 }, (_, place) => ({ name: `column${place}`, maxMissing: 0 }));
    expect(() => withContract('name: houses\n', contractSchema.parse({ columns }), of)).toThrow('at most 256 KiB');
  });
});
