import { describe, expect, test } from '@jest/globals';
import { createArena } from '../../../algorithms/wasm/arena.ts';
import { assemble } from '../../../algorithms/wasm/assemble.ts';

type Numbers = (...values: number[]) => number;

const run = (text: string) => {
  const arena = createArena(64);
  const module = new WebAssembly.Module(assemble(text));
  const imports = { env: { memory: arena.memory } };
  return { arena, exports: new WebAssembly.Instance<Record<string, Numbers>>(module, imports).exports };
};

test('locals, a loop, a branch and memory: the sum of the integers in an array', () => {
  const { arena, exports } = run(`
    (func (export "sum") (param $begin i32) (param $end i32) (result i32)
      (local $total i32)
      (block $done (loop $next
        (br_if $done (i32.ge_u (local.get $begin) (local.get $end)))
        (local.set $total (i32.add (local.get $total) (i32.load (local.get $begin)))) ;; a comment
        (local.set $begin (i32.add (local.get $begin) (i32.const 4)))
        (br $next)))
      (local.get $total))`);
  const numbers = arena.allocate(Int32Array, 5);
  numbers.set([1, -2, 300, 70_000, -5]);
  expect(exports['sum']!(numbers.byteOffset, numbers.byteOffset + 20)).toBe(70_294);
});

test.each([0, 1, -1, 63, 64, -64, -65, 127, 128, 2 ** 31 - 1, -(2 ** 31)])('the constant %d', (value) => {
  const { exports } = run(`(func (export "get") (result i32) (i32.const ${value}))`);
  expect(exports['get']!()).toBe(value);
});

test.each([0n, 1n, -1n, 63n, -65n, 2n ** 63n - 1n, -(2n ** 63n), 0xd6e8_feb8_6659_fd93n])(
  'the long constant %d',
  (value) => {
    const { arena, exports } = run(`(func (export "put") (i64.store (i32.const 0) (i64.const ${value})))`);
    exports['put']!();
    expect(new DataView(arena.memory.buffer).getBigUint64(0, true)).toBe(BigInt.asUintN(64, value));
  },
);

describe('text that is not understood', () => {
  test.each([
    ['(func (export "f") (i32.mystery))', /i32.mystery is not in the table/],
    ['(func (export "f") (local.get $x))', /No local is called \$x/],
    ['(func (export "f") (br $out))', /No block is called \$out/],
    ['(func (export "f") (param $x i31))', /i31 is not a value type/],
    ['(func (export "f")', /closing parenthesis is missing/],
    ['(func (export "f")))', /closing parenthesis too many/],
    ['(table 1)', /Expected only \(func …\) forms/],
  ])('%s', (text, message) => {
    expect(() => assemble(text)).toThrow(message);
  });
});

test('an arena gives aligned, separate, zeroed arrays and says when it is full', () => {
  const arena = createArena(65_536);
  const first = arena.allocate(Uint8Array, 3);
  const second = arena.allocate(Float64Array, 2);
  first.fill(7);
  expect(second.byteOffset % 64).toBe(0);
  expect([...second]).toEqual([0, 0]);
  expect(() => arena.allocate(Uint8Array, 65_536)).toThrow(/is full/);
  expect(() => createArena(2 ** 32 + 1)).toThrow(/do not fit/);
});
