import type { Principal, World } from '../../operation.ts';

/** One log stream of a function. Writing never waits and never fails: as on AWS, a role without permission loses its logs. */
export interface FunctionLog {
  write(text: string): void;
  /** Resolves when what was written before has been sent or lost. */
  drained(): Promise<void>;
}

/** PutLogEvents takes 1 MiB with 26 bytes of overhead per event; a quarter of it leaves room for UTF-8. */
const batchCharacters = 256 * 1024;
const batchEvents = 1000;
/** A function that writes faster than the log can take loses lines instead of the runtime's memory. */
const mostWaiting = 50_000;

const codeOf = (error: unknown) => (error instanceof Error ? error.name : '');

/** `2026/11/21/[$LATEST]<32 hex>`, one per execution environment. */
export const newLogStreamName = (world: World): string =>
  `${new Date(world.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${world.ids.hex(16)}`;

/** Writes as `principal`, the function's role. Group and stream are made when first needed. */
export const openFunctionLog = (
  world: World,
  principal: Principal,
  logGroupName: string,
  logStreamName: string,
): FunctionLog => {
  let waiting: { timestamp: number; message: string }[] = [];
  let lost = false;
  let sending: Promise<void> | undefined;
  const logs = (operation: string, input: unknown) => world.call(principal, 'logs', operation, input);

  const ignoring = async (code: string, work: Promise<unknown>) => {
    try {
      await work;
    } catch (error) {
      if (codeOf(error) !== code) throw error;
    }
  };

  const createStream = async () => {
    try {
      await logs('CreateLogStream', { logGroupName, logStreamName });
    } catch (error) {
      if (codeOf(error) !== 'ResourceNotFoundException') throw error;
      await ignoring('ResourceAlreadyExistsException', logs('CreateLogGroup', { logGroupName }));
      await ignoring('ResourceAlreadyExistsException', logs('CreateLogStream', { logGroupName, logStreamName }));
    }
  };

  const takeBatch = () => {
    let characters = 0;
    const end = waiting.findIndex((event, index) => {
      characters += event.message.length + 26;
      return index > 0 && (index >= batchEvents || characters > batchCharacters);
    });
    const batch = end < 0 ? waiting : waiting.slice(0, end);
    waiting = end < 0 ? [] : waiting.slice(end);
    return batch;
  };

  const send = async () => {
    try {
      while (waiting.length > 0) {
        const input = { logGroupName, logStreamName, logEvents: takeBatch() };
        try {
          await logs('PutLogEvents', input);
        } catch (error) {
          if (codeOf(error) !== 'ResourceNotFoundException') throw error;
          await createStream();
          await logs('PutLogEvents', input);
        }
      }
    } catch (error) {
      lost = true;
      waiting = [];
      world.log('debug', 'A function’s log is lost', { logGroupName, reason: String(error) });
    }
    sending = undefined;
  };

  return {
    write(text) {
      if (lost || text === '' || waiting.length >= mostWaiting) return;
      waiting.push({ timestamp: world.clock.now(), message: text });
      sending ??= Promise.resolve().then(send);
    },
    drained: async () => sending,
  };
};
