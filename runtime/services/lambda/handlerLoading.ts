/** Finds a function's handler in its unpacked bundle the way Lambda's Node.js runtimes do. Runs inside the worker. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FunctionFault } from './sandboxProtocol.ts';

export type Handler = (event: unknown, context: unknown) => unknown;

/** A failure with the type Lambda gives it; its message reaches the caller. */
class LoadFailure extends Error {
  constructor(type: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = type;
  }
}

/** Any thrown value as Lambda reports it. */
export const faultOf = (thrown: unknown): FunctionFault =>
  thrown instanceof Error
    ? { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') }
    : { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };

/**
 * `dist/plan/index.handler` → the export `handler` of dist/plan/index.{js,mjs,cjs} under `taskRoot`.
 * Throws errors whose name is Lambda's: Runtime.MalformedHandlerName, Runtime.ImportModuleError,
 * Runtime.UserCodeSyntaxError, Runtime.HandlerNotFound, Runtime.CallbackHandlerDeprecated; or what the module itself threw.
 */
export const loadHandler = async (taskRoot: string, handler: string): Promise<Handler> => {
  const parts = /^([^.]+)\.(.+)$/.exec(basename(handler));
  if (!parts?.[1] || !parts[2] || handler.split('/').includes('..'))
    throw new LoadFailure('Runtime.MalformedHandlerName', 'Bad handler');
  const stem = join(taskRoot, dirname(handler), parts[1]);
  const file = ['.js', '.mjs', '.cjs'].map((ending) => stem + ending).find((path) => existsSync(path));
  if (!file)
    throw new LoadFailure(
      'Runtime.ImportModuleError',
      `Error: Cannot find module '${join(dirname(handler), parts[1])}'`,
    );
  const found = lookUp(await importModule(file), parts[2].split('.'));
  if (typeof found !== 'function')
    throw new LoadFailure('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (found.length >= 3)
    throw new LoadFailure(
      'Runtime.CallbackHandlerDeprecated',
      `${handler} takes a callback; return a promise instead (nodejs24.x refuses callbacks, and so does this runtime for all versions)`,
    );
  return (event, context): unknown => Reflect.apply(found, undefined, [event, context]);
};

const importModule = async (file: string): Promise<unknown> => {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND')
      throw new LoadFailure('Runtime.ImportModuleError', String(error), { cause: error });
    if (error instanceof SyntaxError)
      throw new LoadFailure('Runtime.UserCodeSyntaxError', String(error), { cause: error });
    throw error;
  }
};

/** Names Node's CommonJS lexer did not see as exports are still found on `module.exports`. */
const lookUp = (module: unknown, path: readonly string[]): unknown => {
  const walk = (from: unknown): unknown =>
    path.reduce<unknown>((at, name) => (isNamespace(at) ? Reflect.get(at, name) : undefined), from);
  return walk(module) ?? (isNamespace(module) ? walk(Reflect.get(module, 'default')) : undefined);
};

const isNamespace = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';
