/** What an execution environment is made of: something that runs the sandbox, a thread or a process of its own. */
import type { FromSandbox, Invocation, SandboxData } from './sandboxProtocol.ts';

export interface CarrierOptions {
  /** The bundled sandbox, an absolute path. */
  entry: string;
  data: SandboxData;
  /** The whole environment of the function: nothing of the host's is added. */
  env: Record<string, string>;
  /** MB of JavaScript heap, after which the carrier is ended. */
  heapMb: number;
}

/** How a carrier ended: by its exit code or by a signal. */
export type Ending = { code: number } | { signal: string };

/** What a carrier tells of itself. Whatever the sandbox said before its end is heard before `ended`, which comes once. */
export interface CarrierEvents {
  message: (message: FromSandbox) => void;
  /** Text that did not pass the sandbox: what native code or Node itself wrote. */
  output: (text: string) => void;
  ended: (ending: Ending) => void;
}

export interface Carrier {
  send(invocation: Invocation): void;
  /** Ends the carrier whatever it is doing; resolves when it has ended. */
  kill(): Promise<void>;
}

export type StartCarrier = (options: CarrierOptions, events: CarrierEvents) => Carrier;
