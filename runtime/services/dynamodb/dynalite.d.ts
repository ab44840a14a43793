/** The parts of dynalite 4.0.0 that engine.ts uses; the package has no types. */

declare module 'dynalite/db/index.js' {
  type Callback = (error: Error | null | undefined, value?: unknown) => void;

  /** LevelDB with the methods of abstract-level, which dynalite overlays with callback versions. */
  interface Database {
    put(key: string, value: unknown, callback: Callback): void;
    del(key: string, callback: Callback): void;
    batch(operations: readonly object[], callback: Callback): void;
    open(): Promise<void>;
    close(): Promise<void>;
  }

  interface TableDatabase {
    awsAccountId: string;
    awsRegion: string;
    get(key: string, callback: Callback): void;
    put(key: string, value: unknown, callback: Callback): void;
  }

  interface DynaliteStore {
    db: Database;
    tableDb: TableDatabase;
  }

  const database: {
    create(options: {
      path: string;
      createTableMs: number;
      deleteTableMs: number;
      updateTableMs: number;
    }): DynaliteStore;
  };
  export default database;
  export type { Callback, Database, DynaliteStore };
}

declare module 'dynalite/validations/index.js' {
  import type { DynaliteStore } from 'dynalite/db/index.js';
  const validations: {
    checkTypes(data: object, types: object): object;
    checkValidations(data: object, types: object, custom: unknown, store: DynaliteStore): void;
  };
  export default validations;
}

declare module 'dynalite/validations/*.js' {
  const validation: { types: object; custom?: unknown };
  export default validation;
}

declare module 'dynalite/actions/*.js' {
  import type { Callback, DynaliteStore } from 'dynalite/db/index.js';
  const action: (store: DynaliteStore, data: object, callback: Callback) => void;
  export default action;
}
