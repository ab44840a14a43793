import { describe, expect, test } from '@jest/globals';
import { evaluateIntrinsic } from '../../../runtime/asl/intrinsics/index.ts';
import { parseIntrinsic } from '../../../runtime/asl/intrinsics/parse.ts';
import type { Json } from '../../../runtime/asl/json.ts';
import { follow, type Roots } from '../../../runtime/asl/jsonpath/evaluate.ts';
import { parsePath, PathSyntaxError } from '../../../runtime/asl/jsonpath/parse.ts';
import { placeAt } from '../../../runtime/asl/resultPath.ts';

const input: Json = {
  store: {
    book: [
      { title: 'A', price: 8, tags: ['x', 'y'] },
      { title: 'B', price: 12 },
      { title: 'C', price: 22, isbn: '1' },
    ],
    'a name': { "it's": 1 },
  },
  limit: 10,
};
const roots: Roots = {
  input,
  context: { Execution: { Name: 'run' } },
  variable: (name) => (name === 'v' ? { deep: [1, 2] } : undefined),
};
const find = (path: string) => {
  const found = follow(parsePath(path), roots);
  return found.found ? found.value : found;
};

describe('paths', () => {
  test.each<[string, unknown]>([
    ['$.store.book[0].title', 'A'],
    ['$.store.book[-1].title', 'C'],
    ["$['store']['a name']['it\\'s']", 1],
    ['$.store.book[*].title', ['A', 'B', 'C']],
    ['$.store.book[0,2].title', ['A', 'C']],
    ['$.store.book[1:].price', [12, 22]],
    ['$.store.book[:-1].price', [8, 12]],
    ['$..price', [8, 12, 22]],
    ['$.store.book[?(@.price < 10)].title', ['A']],
    ['$.store.book[?(@.price > $.limit && !(@.isbn))].title', ['B']],
    ["$.store.book[?(@.title == 'C' || @.tags)].title", ['A', 'C']],
    ["$.store.book[?(@.title in ['A','B'])].price", [8, 12]],
    ['$.store.book[?(@.title =~ /[bc]/i)].title', ['B', 'C']],
    ['$.store.book.length()', 3],
    ['$.store.book[*].price.max()', 22],
    ['$.store.none[*]', []],
    ['$.store.book[7:]', []],
    ['$$.Execution.Name', 'run'],
    ['$v.deep[1]', 2],
    ['$.store.book[9]', { found: false, missing: "$['store']['book'][9]", leaf: true }],
    ['$.none.at.all', { found: false, missing: "$['none']", leaf: false }],
    ['$.constructor', { found: false, missing: "$['constructor']", leaf: true }],
  ])('%s', (path, value) => expect(find(path)).toEqual(value));

  test.each(['store', '$.', '$.a[', '$.a[?(@.b ==)]', '$.a b', ''])('%p is no path', (path) => {
    expect(() => parsePath(path)).toThrow(PathSyntaxError);
  });

  test('a result is placed without touching the input', () => {
    const before = structuredClone(input);
    expect(placeAt('$.store.book[1].price', input, 0)).toMatchObject({
      store: { book: [{ price: 8 }, { title: 'B', price: 0 }, {}] },
    });
    expect(placeAt('$.new.place', { a: 1 }, 2)).toEqual({ a: 1, new: { place: 2 } });
    expect(placeAt(null, { a: 1 }, 2)).toEqual({ a: 1 });
    expect(() => placeAt('$.limit.x', input, 1)).toThrow(/ResultPath/);
    expect(input).toEqual(before);
  });
});

describe('intrinsic functions', () => {
  const call = (source: string) => evaluateIntrinsic(parseIntrinsic(source), roots, { seed: 's', drawn: 0 });
  test.each<[string, unknown]>([
    ["States.Format('{} of \\{{}\\}', $.limit, 'x')", '10 of {x}'],
    ["States.Format('{}', $.store.book[0])", '{title=A, price=8, tags=[x, y]}'],
    ["States.StringSplit('a.b,c', '.,')", ['a', 'b', 'c']],
    ['States.MathAdd(1.49, 1.5)', 3],
    ['States.ArrayPartition(States.ArrayRange(1, 9, 2), 2)', [[1, 3], [5, 7], [9]]],
    ['States.ArrayUnique(States.Array(1, 1, true, null, null))', [1, true, null]],
    ['States.ArrayGetItem($.store.book, 1)', { title: 'B', price: 12 }],
    ['States.ArrayContains($.store.book[*].title, $.store.book[0].title)', true],
    ["States.StringToJson('')", null],
    [
      'States.JsonMerge($.store.book[0], $.store.book[2], false)',
      { title: 'C', price: 22, tags: ['x', 'y'], isbn: '1' },
    ],
    ["States.Base64Decode(States.Base64Encode('äöü'))", 'äöü'],
    ["States.Hash('a', 'MD5')", '0cc175b9c0f1b6a831c399e269772661'],
    ['States.MathRandom(1, 2)', 1],
  ])('%s', (source, value) => expect(call(source)).toEqual(value));

  test.each<[string, RegExp]>([
    ['States.ArrayGetItem($.store.book, 9)', /States\.ArrayGetItem\(\$\.store\.book, 9\).*outside the array/],
    ['States.MathAdd($.none, 1)', /could not be found/],
    ['States.Nothing(1)', /no such function/],
    ["States.Format('{}')", /fewer arguments/],
  ])('%s fails', (source, message) => expect(() => call(source)).toThrow(message));
});
