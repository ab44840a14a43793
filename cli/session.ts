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

/** Runs a command against the embedded AWS of its data folder and leaves nothing open behind it. */
export const withSession = async (command: Command, act: (session: Session) => Promise<void>) => {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort(new Error('Interrupted.'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const connection = await connect(dataDirOf(command), (what) => showLive(`${what} …`));
  clearLive();
  try {
    await act({
      connection,
      api: openApi(connection),
      clients: clientsOf(connection),
      bucket: connection.outputs['DataBucketName'] ?? '',
      signal: interrupted.signal,
    });
  } finally {
    clearLive();
    await connection.close();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
};
