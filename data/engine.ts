/**
 * DuckDB, bounded: its memory, its threads and the one folder it may touch. What does not fit spills into that folder. No
 * extension is loaded, nothing is fetched, and no file outside the folder can be read or written, whatever a query says.
 */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';

/** Lambda's layers are on NODE_PATH, which `require` knows and `import` does not. */
const load = createRequire(import.meta.url);

export interface EngineOptions {
  /** An existing folder for files and spilled data (Lambda: /tmp, its ephemeral storage). */
  folder: string;
  /** What DuckDB may hold in memory (bytes); the process takes about half as much again. */
  memoryBytes: number;
  /** Default: one for each processor. */
  threads?: number;
}

export interface Engine {
  folder: string;
  /** The place of a file of the engine's folder, for messages to the file system; `quoted` makes it SQL. */
  path(name: string): string;
  /** Carries out a statement; several statements and queries may be under way at once. */
  run(sql: string): Promise<void>;
  /** All rows of a query, as objects by column name. Numbers of 64 bits come as bigint. */
  rows<Row extends Record<string, DuckDBValue>>(sql: string): Promise<Row[]>;
  /** The rows of a query in pieces of at most 2,048, in columns. */
  chunks(sql: string): AsyncIterable<DuckDBDataChunk>;
  /** Lets go of the memory. */
  close(): void;
}

/** A text as a literal of SQL. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Opens an engine; nothing is kept when it is closed, but the files that statements wrote. */
export const openEngine = async ({ folder, memoryBytes, threads }: EngineOptions): Promise<Engine> => {
  const duckdb = load('@duckdb/node-api') as typeof import('@duckdb/node-api');
  // A connection carries out one query at a time.
  const idle: DuckDBConnection[] = [];
  let opened: DuckDBInstance | undefined;
  const open = async () => {
    const instance = await duckdb.DuckDBInstance.create(':memory:', {
      threads: String(threads ?? availableParallelism()),
      memory_limit: `${Math.floor(memoryBytes / 2 ** 20)}MiB`,
      temp_directory: join(folder, 'spill'),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    await connection.run(`SET allowed_directories = [${quoted(`${folder}/`)}]`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
    idle.push(connection);
    opened = instance;
    return instance;
  };
  // A file arrives meanwhile; what fails is told by the first query.
  const opening = open();
  opening.catch(() => undefined);
  const take = async () => {
    const instance = await opening;
    return idle.pop() ?? instance.connect();
  };
  const closeAll = (instance: DuckDBInstance) => {
    for (const own of idle) own.closeSync();
    instance.closeSync();
  };
  const using = async <T>(work: (own: DuckDBConnection) => Promise<T>): Promise<T> => {
    const own = await take();
    try {
      return await work(own);
    } finally {
      idle.push(own);
    }
  };
  return {
    folder,
    path: (name) => join(folder, name),
    run: (sql) => using(async (own) => void (await own.run(sql))),
    rows: <Row extends Record<string, DuckDBValue>>(sql: string) =>
      using(async (own) => (await own.runAndReadAll(sql)).getRowObjects() as Row[]),
    async *chunks(sql) {
      const own = await take();
      let read = false;
      try {
        const result = await own.stream(sql);
        let ahead = result.fetchChunk();
        for (let chunk = await ahead; chunk && chunk.rowCount > 0; chunk = await ahead) {
          // The next piece is worked out while this one is looked at.
          ahead = result.fetchChunk();
          ahead.catch(() => undefined);
          yield chunk;
        }
        read = true;
      } finally {
        if (read) idle.push(own);
        else own.closeSync();
      }
    },
    close() {
      if (opened) closeAll(opened);
      else opening.then(closeAll, () => undefined);
    },
  };
};
