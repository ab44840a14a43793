/**
 * dynalite's validations and actions on LevelDB, called in-process: no second HTTP server and no second wire format.
 * Writes are synced before they are answered. An item and its entries in secondary indexes are separate writes, indexes
 * first: a power cut between them can leave an index entry ahead of its item until the item is written again.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import database, { type Callback, type Database } from 'dynalite/db/index.js';
import validations from 'dynalite/validations/index.js';
import batchGetItem from 'dynalite/actions/batchGetItem.js';
import batchGetItemRules from 'dynalite/validations/batchGetItem.js';
import batchWriteItem from 'dynalite/actions/batchWriteItem.js';
import batchWriteItemRules from 'dynalite/validations/batchWriteItem.js';
import createTable from 'dynalite/actions/createTable.js';
import createTableRules from 'dynalite/validations/createTable.js';
import deleteItem from 'dynalite/actions/deleteItem.js';
import deleteItemRules from 'dynalite/validations/deleteItem.js';
import deleteTable from 'dynalite/actions/deleteTable.js';
import deleteTableRules from 'dynalite/validations/deleteTable.js';
import describeTable from 'dynalite/actions/describeTable.js';
import describeTableRules from 'dynalite/validations/describeTable.js';
import getItem from 'dynalite/actions/getItem.js';
import getItemRules from 'dynalite/validations/getItem.js';
import putItem from 'dynalite/actions/putItem.js';
import putItemRules from 'dynalite/validations/putItem.js';
import query from 'dynalite/actions/query.js';
import queryRules from 'dynalite/validations/query.js';
import scan from 'dynalite/actions/scan.js';
import scanRules from 'dynalite/validations/scan.js';
import updateItem from 'dynalite/actions/updateItem.js';
import updateItemRules from 'dynalite/validations/updateItem.js';
import updateTable from 'dynalite/actions/updateTable.js';
import updateTableRules from 'dynalite/validations/updateTable.js';
import { AwsError, type World } from '../../operation.ts';

const actions = {
  BatchGetItem: [batchGetItem, batchGetItemRules],
  BatchWriteItem: [batchWriteItem, batchWriteItemRules],
  CreateTable: [createTable, createTableRules],
  DeleteItem: [deleteItem, deleteItemRules],
  DeleteTable: [deleteTable, deleteTableRules],
  DescribeTable: [describeTable, describeTableRules],
  GetItem: [getItem, getItemRules],
  PutItem: [putItem, putItemRules],
  Query: [query, queryRules],
  Scan: [scan, scanRules],
  UpdateItem: [updateItem, updateItemRules],
  UpdateTable: [updateTable, updateTableRules],
} as const;

export type Action = keyof typeof actions;

export interface Engine {
  /** Performs an action of dynalite on a request as it is on the wire (blobs in base64). Throws AwsError. */
  perform(action: Action, input: object): Promise<Record<string, unknown>>;
  /** The table's description, whatever its status; undefined where there is none. */
  describe(table: string): Promise<Record<string, unknown> | undefined>;
  /** Overwrites a table's description. */
  redescribe(table: string, description: object): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

const faultGrammar = z.looseObject({
  statusCode: z.number(),
  body: z.looseObject({ __type: z.string(), message: z.string().optional(), Message: z.string().optional() }),
});
const outputGrammar = z.record(z.string(), z.unknown());

/** dynalite's errors carry AWS's type and message as they stand in a response's body. */
const asAwsError = (error: unknown): unknown => {
  const fault = faultGrammar.safeParse(error);
  if (!fault.success) return error;
  const { statusCode, body } = fault.data;
  const { __type: type } = body;
  const code = type.slice(type.indexOf('#') + 1);
  return new AwsError(code, body.message ?? body.Message ?? code, statusCode);
};

const method = z.custom<(this: Database, ...args: unknown[]) => Promise<void>>((it) => typeof it === 'function');

/** Level's own methods, under the callback versions dynalite lays over them. */
const originalsOf = (db: Database) => {
  const prototype: object = z.custom<object>().parse(Object.getPrototypeOf(db));
  const original = (name: string) => method.parse(Reflect.get(prototype, name));
  return { put: original('put'), del: original('del'), batch: original('batch'), close: original('close') };
};

/** Makes writes synced before they are answered, for which dynalite has no option. */
const syncWrites = (db: Database, { put, del, batch }: ReturnType<typeof originalsOf>): void => {
  const sync = { sync: true };
  // The callback runs outside the promise, so that what dynalite throws there is not taken for a failed write.
  const answer = (written: Promise<void>, callback: Callback) =>
    written.then(
      () => setImmediate(callback, null),
      (error: Error) => setImmediate(callback, error),
    );
  Object.assign(db, {
    put: (key: string, value: unknown, callback: Callback) => answer(put.call(db, key, value, sync), callback),
    del: (key: string, callback: Callback) => answer(del.call(db, key, sync), callback),
    batch: (changes: readonly object[], callback: Callback) => answer(batch.call(db, changes, sync), callback),
  });
};

/** Opens the database in `<dataDir>/dynamodb`. */
export const openEngine = ({ dataDir, region, accountId }: World): Engine => {
  const path = join(dataDir, 'dynamodb');
  mkdirSync(path, { recursive: true });
  const store = database.create({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  store.tableDb.awsAccountId = accountId;
  store.tableDb.awsRegion = region;
  const original = originalsOf(store.db);
  syncWrites(store.db, original);

  const called = (start: (callback: Callback) => void): Promise<unknown> =>
    new Promise((resolve, reject) => {
      start((error, value) => {
        if (error) reject(asAwsError(error));
        else resolve(value);
      });
    });

  return {
    async perform(name, input) {
      const [action, { types, custom }] = actions[name];
      let data: object;
      try {
        // The checks write into what they are given.
        data = validations.checkTypes(structuredClone(input), types);
        validations.checkValidations(data, types, custom, store);
      } catch (error) {
        throw asAwsError(error);
      }
      // dynalite goes on to change tables it has answered with.
      return structuredClone(outputGrammar.parse((await called((callback) => action(store, data, callback))) || {}));
    },
    async describe(table) {
      const found = await called((callback) => store.tableDb.get(table, callback));
      return found === undefined ? undefined : outputGrammar.parse(found);
    },
    async redescribe(table, description) {
      await called((callback) => store.tableDb.put(table, description, callback));
    },
    open: () => store.db.open(),
    // dynalite's own waits for a callback and, on failure, retries.
    close: () => original.close.call(store.db),
  };
};
