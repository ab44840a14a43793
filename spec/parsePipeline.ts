import { parse as parseYaml, YAMLParseError } from 'yaml';
import type * as z from 'zod';
import { InputError } from './errors.ts';
import { nearMiss } from '../algorithms/nearMiss.ts';
import { type Pipeline, pipelineSchema } from './pipeline.ts';

/** A pipeline file is bounded at 256 KiB: far above any real one, far below what would hurt. */
export const maxPipelineBytes = 256 * 1024;

/**
 * Reads a pipeline file (YAML or JSON text) into a Pipeline with all defaults.
 * `file` is how messages name it. Throws InputError naming every wrong place at once.
 */
export const parsePipeline = (text: string, file: string): Pipeline => {
  if (Buffer.byteLength(text) > maxPipelineBytes)
    throw new InputError({ what: 'The pipeline file is too large', where: file, expected: 'at most 256 KiB' });
  const result = pipelineSchema.safeParse(readYaml(text, file));
  if (result.success) return result.data;
  const complaints = result.error.issues.flatMap(describe);
  throw new InputError({
    what: `The pipeline file is not valid: ${complaints.join('; ')}`,
    where: file,
    todo: 'Correct the file and apply it again; docs/pipeline.md lists every setting.',
  });
};

/** The pipeline that lies at the place of this name. Throws InputError, also when the file names another one. */
export const parsePipelineOf = (name: string, text: string, file: string): Pipeline => {
  const pipeline = parsePipeline(text, file);
  if (pipeline.name === name) return pipeline;
  throw new InputError({
    what: `The file is named ${name} but says name: ${pipeline.name}`,
    where: file,
    expected: 'one name',
  });
};

/** The pipeline of a file that was dropped without any pipeline file. */
export const defaultPipeline = (name: string): Pipeline => pipelineSchema.parse({ name });

/** YAML or JSON text. Throws InputError naming the line. */
export const readYaml = (text: string, file: string): unknown => {
  try {
    return parseYaml(text, { maxAliasCount: 20 });
  } catch (cause) {
    const line = cause instanceof YAMLParseError ? cause.linePos?.[0].line : undefined;
    throw new InputError(
      {
        what: `The file is not YAML: ${(cause as Error).message.split('\n')[0]}`,
        where: line ? `${file}, line ${line}` : file,
        expected: 'YAML or JSON text',
      },
      { cause },
    );
  }
};

const pathOf = (path: readonly PropertyKey[]) =>
  path.reduce<string>(
    (at, key) => (typeof key === 'number' ? `${at}[${key}]` : at ? `${at}.${String(key)}` : String(key)),
    '',
  );

const describe = (issue: z.core.$ZodIssue): string[] => {
  const at = pathOf(issue.path);
  // A union without words of its own: what is wrong with the alternative of the same kind.
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    const meant = issue.errors.find(
      (inner) => !inner.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
    );
    if (meant) return meant.flatMap((inner) => describe({ ...inner, path: [...issue.path, ...inner.path] }));
  }
  if (issue.code !== 'unrecognized_keys') return [`${at || 'the file'}: ${issue.message}`];
  return issue.keys.map((key) => {
    const known = knownKeys(issue.path);
    const near = nearMiss(key, known);
    const hint = near ? `did you mean ${near}?` : `known here: ${known.join(', ')}`;
    return `${at ? `${at}.` : ''}${key}: unknown setting, ${hint}`;
  });
};

/** The keys that the grammar knows at a path, by walking the schema. */
const knownKeys = (path: readonly PropertyKey[]): string[] => {
  const step = (schema: unknown, key: PropertyKey): unknown => {
    const { shape, element, valueType } = unwrap(schema);
    return typeof key === 'number' ? element : (shape?.[String(key)] ?? valueType);
  };
  return Object.keys(unwrap(path.reduce<unknown>(step, pipelineSchema)).shape ?? {});
};

interface Inner {
  shape?: Record<string, unknown>;
  element?: unknown;
  /** Of a record. */
  valueType?: unknown;
}

interface Definition {
  innerType?: unknown;
  /** Of a pipe: what it is given. */
  in?: unknown;
  /** Of a union. */
  options?: unknown[];
}

const unwrap = (schema: unknown): Inner => {
  const { innerType, in: given, options } = (schema as { def?: Definition } | undefined)?.def ?? {};
  if (options) return options.map(unwrap).find(({ shape }) => shape) ?? {};
  return innerType || given ? unwrap(innerType ?? given) : (schema ?? {});
};
