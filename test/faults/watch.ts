/** Stands before every operation of the runtime: sees which function calls what, and answers as the fault of its cell says. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { AnyOperation, Call, ServiceFactory } from '../../runtime/operation.ts';
import { shortName, type FunctionPool, type Invocation } from './functionPool.ts';
import { faultKinds, type FaultKind, type FaultName } from './kinds.ts';
import type { VirtualTime } from './virtualTime.ts';

/** A call that a function has made, and whether it had an effect. */
export interface Seen {
  functionName: string;
  /** `sagemaker.CreateTrainingJob` */
  call: string;
  requestId: string;
  input: Record<string, unknown>;
  effective: boolean;
  /** Whether something could have gone wrong with it. */
  armed: boolean;
}

/** What is to go wrong: where, and how. */
export interface Order {
  functionName: string;
  call: string;
  fault: FaultName;
}

/** The events of one cell: all whose payload bears its name. */
export interface Cell {
  name: string;
  seen: Seen[];
  order?: Order | undefined;
  /** Nothing goes wrong before. */
  armed: boolean;
  entered: Entered[];
  /** Functions that hear nothing of the cell, and calls ("function service.Call") that fail in it, as long as they stand here. */
  lost: Set<string>;
  /** Events of it that were given up, as the queue of dead letters has them. */
  deadLetters: string[];
  /** How often the fault was met. */
  met: number;
  /** Whether it stopped a run whose end nobody hears. */
  unheard?: boolean;
  /** The attempt of an invocation that met it first. */
  first?: number;
  /** Where the cell's run is to be stopped, and whether it was. */
  stop?: Stop;
}

/** A run is stopped when it, or a child of it, enters a state. */
export interface Stop {
  machine: string;
  state: string;
  /** Virtual time, once it was asked for. */
  at?: number;
}

/** A state that an execution has entered. */
export interface Entered {
  machine: string;
  state: string;
  /** Of the execution. */
  name: string;
  armed: boolean;
}

export interface Watch {
  cells: Map<string, Cell>;
  /** Whether a function does not get this event; the reaper comes by only for who waits for it. */
  isLost(functionName: string, payload: string): boolean;
  /** How many cells wait for the reaper. */
  awaited: number;
  /** Hears of each state that an execution enters; `stop` stops a run. */
  enter(executionArn: string, state: string): void;
  /** Stops the run of a cell that is under way; set when the world is there. */
  stopRun: ((cell: Cell) => Promise<void>) | undefined;
  wrap(factory: ServiceFactory): ServiceFactory;
  /** Set when the functions are there. */
  pool: FunctionPool | undefined;
  /** Operations under way. */
  active(): number;
}

/** How long (ms) a request is on its way whose run is stopped meanwhile; its function lives longer. */
const late = 20_000;

const connection = new AsyncLocalStorage<Socket>();

/** Names of cells are told by their form, wherever in an event they stand. */
export const cellPattern = /cell\d{4}/;

const kindOf = (name: FaultName): FaultKind => faultKinds[name];

const isMet = (cell: Cell, { functionName, attempt }: Invocation, call: string): boolean => {
  const { order, armed } = cell;
  if (!order || !armed || order.functionName !== functionName || order.call !== call) return false;
  const { meets } = kindOf(order.fault);
  if (meets === 'always' || cell.first === undefined) return true;
  return meets === 'firstInvocation' && cell.first === attempt;
};

export const openWatch = (time: () => VirtualTime | undefined): Watch => {
  const cells = new Map<string, Cell>();
  let active = 0;
  subscribe('http.server.request.start', (message) => connection.enterWith((message as { socket: Socket }).socket));

  const bury = (letter: string) => cells.get(cellPattern.exec(letter)?.[0] ?? '')?.deadLetters.push(letter);

  const cellOf = ({ payload }: { payload: string }) => cells.get(cellPattern.exec(payload)?.[0] ?? '');

  /** The run is stopped, and all that follows from it happens, while the request is still on its way. */
  const overslept = async (cell: Cell, invocation: Invocation) => {
    invocation.hung = true;
    active--;
    await watch.stopRun?.(cell);
    await time()?.wait(late);
    active++;
    invocation.hung = false;
  };

  const meet = async (
    cell: Cell,
    invocation: Invocation,
    met: { service: string; operation: string; input: Record<string, unknown> },
    run: () => Promise<unknown>,
  ): Promise<unknown> => {
    const { effect, error, silent, stops } = kindOf(cell.order?.fault ?? 'throttled');
    cell.met++;
    cell.first ??= invocation.attempt;
    if (stops && cell.lost.has('runEnded')) cell.unheard = true;
    const socket = connection.getStore();
    if (stops) await overslept(cell, invocation);
    const answer = effect(met) ? await run() : undefined;
    if (error) throw error(met);
    if (stops) return answer;
    if (silent) {
      invocation.hung = true;
      active--;
      await new Promise((resolve) => void socket?.once('close', resolve));
      active++;
      invocation.hung = false;
    }
    socket?.destroy();
    return answer;
  };

  const watched = (service: string, operation: string, it: AnyOperation<unknown>): AnyOperation<unknown> => ({
    ...it,
    async run(input: Record<string, unknown>, call: Call<unknown>): Promise<unknown> {
      time()?.stir();
      if (service === 'sqs' && operation === 'SendMessage') bury(String(input['MessageBody']));
      // Whoever invokes a function waits for it: the function counts itself.
      const counts = service !== 'execute-api' && !(service === 'lambda' && operation === 'Invoke');
      if (counts) active++;
      try {
        const { principal } = call;
        const invocation = principal.kind === 'role' ? watch.pool?.invocationOf(principal.sessionName) : undefined;
        if (!invocation || !call.http) return await it.run(input, call);
        if (invocation.over) {
          connection.getStore()?.destroy();
          return undefined;
        }
        const cell = cellOf(invocation);
        const name = `${service}.${operation}`;
        const { functionName, requestId } = invocation;
        const seen: Seen = {
          functionName,
          call: name,
          requestId,
          input,
          effective: false,
          armed: cell?.armed ?? false,
        };
        cell?.seen.push(seen);
        const act = async () => {
          if (cell?.lost.has(`${functionName} ${name}`))
            throw faultKinds['error 500'].error({ service, operation, input });
          const answer: unknown = await it.run(input, call);
          seen.effective = true;
          return answer;
        };
        return cell && isMet(cell, invocation, name)
          ? await meet(cell, invocation, { service, operation, input }, act)
          : await act();
      } finally {
        if (counts) active--;
        time()?.stir();
      }
    },
  });

  const watch: Watch = {
    cells,
    pool: undefined,
    stopRun: undefined,
    active: () => active,
    awaited: 0,
    isLost(functionName, payload) {
      const cell = cellOf({ payload });
      return functionName === 'reap' && !cell ? watch.awaited === 0 : (cell?.lost.has(functionName) ?? false);
    },
    enter(executionArn, state) {
      const [machineName = '', name = ''] = executionArn.split(':').slice(-2);
      const cell = cells.get(cellPattern.exec(name)?.[0] ?? '');
      const machine = shortName(machineName);
      cell?.entered.push({ machine, state, name, armed: cell.armed });
      if (!cell?.armed || cell.stop?.machine !== machine || cell.stop.state !== state || cell.stop.at !== undefined)
        return;
      cell.stop.at = time()?.clock.now() ?? 0;
      // What enters a state writes it down first.
      setImmediate(() => void watch.stopRun?.(cell));
    },
    wrap: (factory) => (world) => {
      const service = factory(world);
      const operations = Object.fromEntries(
        Object.entries(service.operations).map(([name, it]) => [
          name,
          watched(service.name, name, it as AnyOperation<unknown>),
        ]),
      );
      return { ...service, operations };
    },
  };
  return watch;
};
