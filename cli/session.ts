import type { Command } from 'commander';
import { openApi, type Api } from './api.ts';
import { clientsOf, type Clients } from './clients.ts';
import { connect, type Connection } from './connection.ts';
import { dataDirOf } from './options.ts';
import { clearLive, showLive } from './terminal.ts';

export interface Session {
  connection: Connection;
  api: Api;
  clients: Clients;
  bucket: string;
  /** Aborted by Ctrl-C: what waits ends, the connection is closed, the run itself goes on. */
  signal: AbortSignal;
}

/** Thrown when the user has had enough: told without a stack, exit code 130. */
export class Interrupted extends Error {
  override name = 'Interrupted';
  constructor() {
    super('Interrupted.');
  }
}

/** Runs a command against the embedded AWS of its data folder and leaves nothing open behind it. */
export const withSession = async (command: Command, act: (session: Session) => Promise<void>) => {
  const interrupted = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    interrupted.signal.addEventListener('abort', () => reject(new Interrupted()));
  });
  // It may come while nobody waits for it yet.
  stopped.catch(() => {});
  const interrupt = () => interrupted.abort(new Interrupted());
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const connection = await connect(dataDirOf(command), (what) => showLive(`${what} …`));
  clearLive();
  try {
    const session = {
      connection,
      api: openApi(connection),
      clients: clientsOf(connection),
      bucket: connection.outputs['DataBucketName'] ?? '',
      signal: interrupted.signal,
    };
    await Promise.race([stopped, interrupted.signal.aborted ? stopped : act(session)]);
  } finally {
    clearLive();
    await connection.close();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
};
