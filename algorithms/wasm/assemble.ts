/**
 * WebAssembly text to bytes: the part of the text format that hand-written loops over typed arrays need, so that kernels are
 * read and reviewed as source and no opaque bytes are committed. Functions are folded expressions with named locals and
 * labels; every module imports one memory as `env.memory`. Section and opcode numbers are those of the WebAssembly core
 * specification 2.0, chapter 5 (binary format).
 */
import { opcodes } from './opcodes.ts';

type Expression = string | readonly Expression[];
type Form = readonly Expression[];

const valueTypes: Readonly<Record<string, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };
const emptyBlock = 0x40;
const end = 0x0b;

const isForm = (expression: Expression | undefined): expression is Form => Array.isArray(expression);
const headOf = (expression: Expression | undefined) => (isForm(expression) ? expression[0] : undefined);

const parse = (text: string): Form => {
  const tokens = text.replace(/;;.*$/gm, '').match(/[()]|"[^"]*"|[^\s()"]+/g) ?? [];
  const open: Expression[][] = [[]];
  for (const token of tokens) {
    if (token === '(') open.push([]);
    else if (token === ')') {
      const closed = open.pop();
      const around = open[open.length - 1];
      if (!closed || !around) throw new SyntaxError('A closing parenthesis too many.');
      around.push(closed);
    } else open[open.length - 1]?.push(token);
  }
  if (open.length !== 1 || !open[0]) throw new SyntaxError('A closing parenthesis is missing.');
  return open[0];
};

/** LEB128; `signed` as for constants, otherwise as for indices, sizes and offsets. */
const integerBytes = (value: number, signed = false): number[] => {
  const bytes: number[] = [];
  for (let rest = value; ;) {
    const low = rest & 0x7f;
    rest = signed ? rest >> 7 : rest >>> 7;
    const done = signed ? (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0) : rest === 0;
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
};

/** The same of 64 bits, signed or not. */
const longBytes = (value: bigint): number[] => {
  const bytes: number[] = [];
  for (let rest = BigInt.asIntN(64, value); ;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const done = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
};

const vector = (items: readonly (readonly number[])[]) => [...integerBytes(items.length), ...items.flat()];
const section = (id: number, items: readonly (readonly number[])[]) => {
  const content = vector(items);
  return [id, ...integerBytes(content.length), ...content];
};
const named = (name: string) => vector([...new TextEncoder().encode(name)].map((byte) => [byte]));
const unquoted = (text: Expression | undefined) => (typeof text === 'string' ? text.replaceAll('"', '') : '');

const floatBytes = (bits: 32 | 64, text: string): number[] => {
  const array = bits === 32 ? Float32Array.of(Number(text)) : Float64Array.of(Number(text));
  return [...new Uint8Array(array.buffer)];
};

const laneBytes: Readonly<Record<string, (text: string) => number[]>> = {
  i32x4: (text) => [...new Uint8Array(Int32Array.of(Number(text)).buffer)],
  f32x4: (text) => floatBytes(32, text),
  f64x2: (text) => floatBytes(64, text),
};

interface Scope {
  locals: ReadonlyMap<string, number>;
  /** Labels of the enclosing blocks, innermost last. */
  labels: readonly string[];
}

const indexOf = (scope: Scope, name: string): number => {
  const index = scope.locals.get(name);
  if (index === undefined) throw new SyntaxError(`No local is called ${name}.`);
  return index;
};

const depthOf = (scope: Scope, label: string): number => {
  const at = scope.labels.lastIndexOf(label);
  if (at < 0) throw new SyntaxError(`No block is called ${label}.`);
  return scope.labels.length - 1 - at;
};

/** The bytes after an opcode, from the words after the instruction's name. */
const immediates: Readonly<Record<string, (words: readonly string[], scope: Scope) => number[]>> = {
  none: () => [],
  local: ([name = ''], scope) => integerBytes(indexOf(scope, name)),
  label: ([name = ''], scope) => integerBytes(depthOf(scope, name)),
  i32: ([value]) => integerBytes(Number(value), true),
  i64: ([value = '']) => longBytes(BigInt(value)),
  f32: ([value = '']) => floatBytes(32, value),
  f64: ([value = '']) => floatBytes(64, value),
  lanes: ([shape = '', ...values]) => values.flatMap((value) => laneBytes[shape]?.(value) ?? []),
  bytes: (words) => words.map(Number),
  // Alignment is a hint; 0 (one byte) is always valid.
  memory: ([offset]) => [0, ...integerBytes(Number(offset?.replace('offset=', '') ?? 0))],
  copy: () => [0, 0],
};

const emitBlock = (form: Form, scope: Scope): number[] => {
  const [kind, label, ...body] = form;
  const inner = { ...scope, labels: [...scope.labels, String(label)] };
  return [kind === 'loop' ? 0x03 : 0x02, emptyBlock, ...body.flatMap((each) => emit(each, inner)), end];
};

const emit = (expression: Expression, scope: Scope): number[] => {
  if (!isForm(expression)) throw new SyntaxError(`Expected an instruction in parentheses, found ${expression}.`);
  const [name, ...rest] = expression;
  if (name === 'block' || name === 'loop') return emitBlock(expression, scope);
  const opcode = opcodes[String(name)];
  if (!opcode) throw new SyntaxError(`The instruction ${String(name)} is not in the table of opcodes.`);
  const words = rest.filter((each): each is string => !isForm(each));
  const operands = rest.filter(isForm).flatMap((each) => emit(each, scope));
  const [prefix, immediate] = opcode;
  return [...operands, ...prefix, ...(immediates[immediate]?.(words, scope) ?? [])];
};

interface CompiledFunction {
  name: string;
  type: number[];
  code: number[];
}

const typesOf = (form: Form, kind: string): Form[] => form.filter(isForm).filter((each) => each[0] === kind);
const valueType = (name: Expression | undefined): number => {
  const type = valueTypes[String(name)];
  if (type === undefined) throw new SyntaxError(`${String(name)} is not a value type.`);
  return type;
};

const compile = (form: Form): CompiledFunction => {
  const parameters = typesOf(form, 'param');
  const locals = typesOf(form, 'local');
  const results = typesOf(form, 'result');
  const scope = {
    locals: new Map([...parameters, ...locals].map(([, name], index) => [String(name), index])),
    labels: [],
  };
  const declarations = new Set(['export', 'param', 'result', 'local']);
  const body = form.slice(1).filter((each) => !declarations.has(String(headOf(each))));
  const content = [
    ...vector(locals.map(([, , type]) => [1, valueType(type)])),
    ...body.flatMap((each) => emit(each, scope)),
    end,
  ];
  return {
    name: unquoted(typesOf(form, 'export')[0]?.[1]),
    type: [
      0x60,
      ...vector(parameters.map(([, , type]) => [valueType(type)])),
      ...vector(results.map(([, type]) => [valueType(type)])),
    ],
    code: [...integerBytes(content.length), ...content],
  };
};

/** Assembles `(func (export "name") (param $a i32) … )` forms; throws SyntaxError naming what it does not know. */
export const assemble = (text: string): Uint8Array<ArrayBuffer> => {
  const functions = parse(text).map((form) => {
    if (headOf(form) !== 'func' || !isForm(form)) throw new SyntaxError('Expected only (func …) forms.');
    return compile(form);
  });
  const memoryImport = [...named('env'), ...named('memory'), 0x02, 0x00, 0x01];
  return Uint8Array.from([
    0x00,
    0x61,
    0x73,
    0x6d,
    0x01,
    0x00,
    0x00,
    0x00,
    ...section(
      1,
      functions.map(({ type }) => type),
    ),
    ...section(2, [memoryImport]),
    ...section(
      3,
      functions.map((_, index) => integerBytes(index)),
    ),
    ...section(
      7,
      functions.map(({ name }, index) => [...named(name), 0x00, ...integerBytes(index)]),
    ),
    ...section(
      10,
      functions.map(({ code }) => code),
    ),
  ]);
};
