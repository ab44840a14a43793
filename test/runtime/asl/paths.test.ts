import { describe, expect, test } from '@jest/globals';
import { StatesError } from '../../../runtime/asl/errors.ts';
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
/** What is thrown, as far as machines see it. */
const thrownBy = (act: () => unknown): { error: unknown; explanation: unknown } => {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof StatesError) return { error: thrown.error, explanation: thrown.explanation };
    throw thrown;
  }
  throw new Error('Nothing was thrown');
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
    ['$.store.none[*]', []],
    ['$.store.book[7:]', []],
    ['$$.Execution.Name', 'run'],
    ['$v.deep[1]', 2],
  ])('%s', (path, value) => expect(find(path)).toEqual(value));

  test.each<[string, object]>([
    ['$.store.book[9]', { missing: "$['store']['book'][9]", leaf: true, beyond: true }],
    ['$.store.book[-9]', { leaf: true, beyond: false }],
    ['$.none.at.all', { missing: "$['none']", leaf: false }],
    ['$.constructor', { missing: "$['constructor']", leaf: true }],
    ['$.limit[0].x', { notArray: "Filter: [0]['x'] can only be applied to arrays. Current context is: 10" }],
    ['$.limit.x', { notObject: expect.stringContaining("with property ['x'] in path $['limit'] but found") }],
    // AWS finds nothing there, though the library knows the functions.
    ['$.store.book[*].price.max()', { leaf: true }],
  ])('%s finds nothing', (path, why) => expect(find(path)).toMatchObject({ found: false, ...why }));

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
    expect(placeAt('$[1].x', [1, {}], 2)).toEqual([1, { x: 2 }]);
    expect(input).toEqual(before);
  });
  test.each<[string, Json, string]>([
    ['$.out', 'text', 'Unable to apply ReferencePath $.out to input "text"'],
    ['$.out', [1], 'Unable to apply step "out" to input [1]'],
    ['$.a.b', { a: 1 }, 'Unable to apply step "b" to input {"a":1}'],
    ['$[3].a', [1], 'Unable to apply step "3" to input [1]'],
  ])('a result has no place at %s of %j', (path, into, explanation) => {
    expect(thrownBy(() => placeAt(path, into, 0))).toEqual({ error: 'States.ReferencePathConflict', explanation });
  });
});

describe('intrinsic functions', () => {
  const call = (source: string, given: Json = input) =>
    evaluateIntrinsic(parseIntrinsic(source), { ...roots, input: given }, { seed: 's', drawn: 0 });
  test.each<[string, unknown]>([
    ["States.Format('{} of \\{{}\\}', $.limit, 'x')", '10 of {x}'],
    ["States.Format('{} {} {}', 0.00012, 12345678.9, 1.50)", '1.2E-4 1.23456789E7 1.5'],
    ["States.Format('{}', $.store.book[0])", '{title=A, price=8, tags=[x, y]}'],
    ["States.StringSplit('a.b,c', '.,')", ['a', 'b', 'c']],
    ['States.MathAdd(1.49, 1.5)', 3],
    ['States.MathAdd(-0.4, -0.5)', 0],
    ['States.ArrayPartition(States.ArrayRange(1, 9, 2), 2.9)', [[1, 3], [5, 7], [9]]],
    ['States.ArrayRange(5.4, -0.6, -2.4)', [5, 3, 1]],
    ['States.ArrayRange(1, 5, -1)', []],
    ['States.ArrayGetItem($.store.book, 1.2)', { title: 'B', price: 12 }],
    ['States.ArrayGetItem(States.Array(), 7)', null],
    ['States.ArrayContains($.store.book[*].title, $.store.book[0].title)', true],
    ["States.ArrayContains(States.Array('true', '7', null), true)", true],
    ["States.StringToJson('')", null],
    [
      'States.JsonMerge($.store.book[0], $.store.book[2], false)',
      { title: 'C', price: 22, tags: ['x', 'y'], isbn: '1' },
    ],
    ["States.JsonMerge($.store.book[2], $.store.book[2], 'true')", { title: 'C', price: 22, isbn: '1' }],
    ["States.Base64Decode(States.Base64Encode('äöü'))", 'äöü'],
    ["States.Hash('a', 'MD5')", '0cc175b9c0f1b6a831c399e269772661'],
    ["States.Hash(123, 'MD5')", '202cb962ac59075b964b07152d234b70'],
    ['States.MathRandom(1, 2)', 1],
    [
      'States.Array(States.MathRandom(1, 100, 42), States.MathRandom(1, 1000, 1), States.MathRandom(1, 1000, 2))',
      [63, 106, 806],
    ],
  ])('%s', (source, value) => expect(call(source)).toEqual(value));

  test.each<[Json[], Json[]]>([
    [
      [1, 2, 3, 3, 4],
      [1, 2, 3, 4],
    ],
    [
      [true, false, true],
      [false, true],
    ],
    [
      [
        [1, 2],
        [1, 2],
        [2, 1],
      ],
      [
        [2, 1],
        [1, 2],
      ],
    ],
    [
      [null, 1, null],
      [null, 1],
    ],
    [
      [1, '1', '01'],
      [1, '1', '01'],
    ],
  ])('the different items of %j, in the order of a HashSet', (items, kept) =>
    expect(call('States.ArrayUnique($)', items)).toEqual(kept),
  );

  const refused = (source: string, what: string) =>
    `There was an error while evaluating the intrinsic function: ${source}. ${what}`;
  test.each([
    'States.ArrayGetItem($.a, 3)',
    'States.ArrayGetItem($.a, -1)',
    "States.ArrayGetItem($.a, '1')",
    "States.ArrayContains('a', 'a')",
    'States.ArrayPartition($.a, 0.9)',
    'States.ArrayPartition($.a)',
    'States.ArrayRange(1, 10, 0.49)',
    'States.ArrayRange(1, 1001, 1)',
    'States.ArrayLength($.a, 1)',
    'States.Base64Encode(123)',
    "States.Hash('data', 'SHA256')",
    'States.Hash()',
    'States.MathAdd(2147483647, 1)',
    "States.MathAdd('1', 2)",
    'States.MathRandom(1.4, 1.6)',
    'States.MathRandom(1, 10, null)',
    'States.StringSplit(1, 2)',
    'States.StringToJson($.a)',
  ])('%s has invalid arguments', (source) => {
    const explanation = refused(source, `Invalid arguments in ${source.replace(/\(.*/, '')}`);
    expect(thrownBy(() => call(source, { a: [1, 2, 3] }))).toEqual({ error: 'States.Runtime', explanation });
  });

  const source = '[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column:';
  const unread = (what: string) => `Cannot convert String to Json in States.StringToJson, caused by: ${what}`;
  test.each<[string, string, string]>([
    [
      'States.StringToJson($)',
      '{bad json}',
      unread(`Unexpected character ('b' (code 98)): was expecting double-quote to start field name\n at ${source} 2]`),
    ],
    [
      'States.StringToJson($)',
      '{"a":1',
      unread(
        `Unexpected end-of-input: expected close marker for Object (start marker at ${source} 1])\n at ${source} 7]`,
      ),
    ],
    [
      'States.StringToJson($)',
      'undefined',
      unread(
        `Unrecognized token 'undefined': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at ${source} 10]`,
      ),
    ],
    ['States.Format($, 1)', 'Hello {{}}', "Invalid template in States.Format: matching '}' not found for '{'."],
    ['States.Format($)', '}', "Invalid template in States.Format: matching '{' not found for '}'."],
    ['States.ArrayLength(States.JsonToString($))', '', 'Invalid arguments in States.ArrayLength'],
  ])('%s of %j says what is wrong', (call_, given, what) => {
    expect(thrownBy(() => call(call_, given))).toEqual({ error: 'States.Runtime', explanation: refused(call_, what) });
  });

  test.each<[string, string]>([
    ['States.MathAdd($.none, 1)', "The JsonPath argument for the field '$.none' could not be found in the input '[1]'"],
    [
      "States.Format('{}', States.Format('{}', $$.None.x))",
      "The JsonPath argument for the field '$.None.x' could not be found in the input '[1]'",
    ],
    ["States.Format('{}', $[5])", "The JsonPath argument for the field '$[5]' could not be found in the input '[1]'"],
    ["States.Format('{}', $[0][0])", 'Filter: [0] can only be applied to arrays. Current context is: 1'],
  ])('%s finds nothing', (source_, what) => {
    expect(thrownBy(() => call(source_, [1]))).toEqual({
      error: 'States.Runtime',
      explanation: `The function '${source_}' had the following error: ${what}`,
    });
  });
});
