/**
 * Keeps executions going: feeds their events to the pure step one at a time, writes each down with what it brought about, and
 * only when that is safe lets the world see it. After a restart `resume` replays the same events through the same step; what
 * was asked for and not answered is asked for again, under the same ids.
 */
import type { Clock } from '../clock.ts';
import { reached } from '../crashPoints.ts';
import type { Command, EngineEvent, Execution, Identity, TaskCommand, Turn } from './execution.ts';
import { collecting } from './history.ts';
import type { Entry, Journal, OpenEntry } from './journal.ts';
import type { Json } from './json.ts';
import type { Machine } from './machine.ts';
import { newExecution, step } from './step.ts';

/** How a task went: `submitted` is not the end of it (`.sync`, `.waitForTaskToken`), `unsubmitted` marks that not even its call went well. */
export type Outcome =
  | { kind: 'begun'; workerName?: string | undefined }
  | { kind: 'submitted'; output: Json }
  | { kind: 'succeeded'; output: Json }
  | { kind: 'failed'; error?: string | undefined; cause?: string | undefined; unsubmitted?: boolean | undefined };

export interface World {
  clock: Clock;
  journal: Journal;
  /**
   * Carries out a task; after a restart it may be asked for the same task, with the same id, again. `signal` is aborted when
   * nobody waits for it any more.
   */
  perform(task: TaskCommand, execution: Execution, tell: (outcome: Outcome) => void, signal: AbortSignal): void;
  /** Whether an activity exists; without this, all do. */
  exists?(activityArn: string): boolean;
  /** Called when an execution has closed and its last entry is safe. */
  closed(execution: Execution): void;
  /** Something went wrong that is no fault of a machine. */
  report(error: unknown, execution: Execution): void;
}

interface Actor {
  machine: Machine;
  execution: Execution;
  mailbox: { event: EngineEvent; taken?: (() => void) | undefined }[];
  busy: boolean;
  /** What became of the pending commands, by their ids; most executions that walk to their end at once never have any. */
  asked: Map<number, Asked> | undefined;
}

/** A command the world was asked for. */
interface Asked {
  /** Cancels its alarms and, unless the engine only closes, aborts its task. */
  undo(closing: boolean): void;
  /** Starts the times of an activity's task when a worker takes it. */
  taken?: (() => void) | undefined;
  /** Starts the time for the next heartbeat of a task. */
  beat?: (() => void) | undefined;
}

export interface Engine {
  /** Begins an execution, which walks as far as it can; `taken` resolves when its first entry is in the journal (not yet flushed). */
  start(
    machine: Machine,
    identity: Identity,
    input: Json,
    seed: string,
  ): { execution: Execution; taken: Promise<void> };
  /**
   * Rebuilds an execution from its entries and goes on where it stood; a closed one is only rebuilt. Rejects when the entries
   * lead this engine to another history than the one that was written.
   */
  resume(machine: Machine, identity: Identity, entries: AsyncIterable<Entry> | Iterable<Entry>): Promise<Execution>;
  /** Rebuilds a failed execution from its entries and goes on where it failed; resolves when that is in the journal. */
  redrive(
    machine: Machine,
    identity: Identity,
    entries: AsyncIterable<Entry> | Iterable<Entry>,
    token: string | undefined,
  ): Promise<void>;
  /** An open execution. */
  get(arn: string): Execution | undefined;
  /** Answers the task with this id from outside (task tokens); resolves when that is in the journal, false when nobody waits for it. */
  answer(arn: string, id: number, outcome: Outcome): Promise<boolean>;
  /** A sign of life of a task; false when nobody waits for it. */
  heartbeat(arn: string, id: number): boolean;
  /** Aborts an execution; false when it is not open. */
  stop(arn: string, error?: string, cause?: string): Promise<boolean>;
  /** Waits until no execution has an event to work off. */
  idle(): Promise<void>;
  /** Lets go of alarms and tasks; everything resumes from the journal. */
  close(): void;
}

/** Makes an engine for a world. */
export const createEngine = (world: World): Engine => {
  const actors = new Map<string, Actor>();
  const busy = new Set<Promise<void>>();
  let open = true;
  const now = () => world.clock.now();

  const perform = async (actor: Actor, task: TaskCommand, signal: AbortSignal) => {
    await world.journal.flushed();
    if (!open || signal.aborted) return;
    reached('task.beforeCall');
    const tell = (outcome: Outcome) => {
      reached('task.afterCall');
      post(actor, { at: now(), id: task.id, ...outcome });
    };
    world.perform(task, actor.execution, tell, signal);
  };

  const wake = (actor: Actor, { id, at }: Extract<Command, { kind: 'alarm' }>): Asked => ({
    undo: world.clock.alarm(at, () => {
      reached('timer.fired');
      post(actor, { at: now(), kind: 'rang', id });
    }),
  });

  const carryOut = (actor: Actor, task: TaskCommand): Asked => {
    const cancels = new Map<string, () => void>();
    const arm = (name: string, at: number, alias?: string) => {
      cancels.get(name)?.();
      const ring = () => {
        reached('timer.fired');
        post(actor, { at: now(), kind: 'timedOut', id: task.id, ...(alias && { alias }) });
      };
      cancels.set(name, world.clock.alarm(at, ring));
    };
    const abort = new AbortController();
    const asked: Asked = {
      undo(closing) {
        for (const cancel of cancels.values()) cancel();
        if (!closing) abort.abort();
      },
    };
    const begin = () => {
      if (task.deadline !== undefined) arm('deadline', task.deadline);
      const beatSeconds = task.heartbeatSeconds;
      if (beatSeconds === undefined) return;
      asked.beat = () => arm('heartbeat', now() + beatSeconds * 1000, 'States.HeartbeatTimeout');
      asked.beat();
    };
    if (task.worker?.begun === false) asked.taken = begin;
    else begin();
    perform(actor, task, abort.signal).catch((error: unknown) => world.report(error, actor.execution));
    return asked;
  };

  const issue = (actor: Actor, command: Command) => {
    const { id } = command;
    if (command.kind === 'look') {
      post(actor, { at: now(), kind: 'found', id, exists: world.exists?.(command.resource) ?? true });
      return;
    }
    (actor.asked ??= new Map()).set(id, command.kind === 'alarm' ? wake(actor, command) : carryOut(actor, command));
  };

  /** Closed executions whose last entries are not yet known to be safe; they wait for one flush together. */
  let closing: Execution[] = [];

  const closeAll = async () => {
    const closed = closing;
    closing = [];
    await world.journal.flushed();
    for (const execution of closed) {
      reached('execution.closed');
      try {
        world.closed(execution);
      } catch (error) {
        world.report(error, execution);
      }
    }
  };

  const settle = (actor: Actor, { cancelled, commands }: Turn) => {
    const { execution } = actor;
    if (actor.asked)
      for (const id of cancelled) {
        actor.asked.get(id)?.undo(false);
        actor.asked.delete(id);
      }
    for (const command of commands) issue(actor, command);
    if (execution.status === 'RUNNING') return;
    actors.delete(execution.identity.arn);
    closing.push(execution);
    if (closing.length > 1) return;
    Promise.resolve()
      .then(closeAll)
      .catch((error: unknown) => world.report(error, execution));
  };

  const take = (actor: Actor, event: EngineEvent, entry: OpenEntry, events: number, turn: Turn) => {
    if (actor.execution.events > events || turn.commands.length > 0 || turn.cancelled.length > 0) {
      entry.keep(event);
      reached('journal.appended');
    }
    settle(actor, turn);
    if (event.kind !== 'begun') return;
    const asked = actor.asked?.get(event.id);
    asked?.taken?.();
    if (asked) asked.taken = undefined;
  };

  /** Works off the mailbox; without JSONata it is empty when this returns. */
  const work = (actor: Actor): void => {
    for (;;) {
      const letter = open && !actor.busy ? actor.mailbox.shift() : undefined;
      if (!letter) return;
      const { event, taken } = letter;
      actor.busy = true;
      const { events, identity } = actor.execution;
      const entry = world.journal.open(identity.arn, event.at);
      const turn = step(actor.machine, actor.execution, event, entry);
      if (!(turn instanceof Promise)) {
        take(actor, event, entry, events, turn);
        actor.busy = false;
        taken?.();
        continue;
      }
      const later: Promise<void> = turn
        .then((done) => take(actor, event, entry, events, done))
        .catch((error: unknown) => world.report(error, actor.execution))
        .finally(() => {
          actor.busy = false;
          busy.delete(later);
          taken?.();
          work(actor);
        });
      busy.add(later);
    }
  };

  function post(actor: Actor, event: EngineEvent, taken?: () => void) {
    if (!open) return;
    actor.mailbox.push({ event, taken });
    work(actor);
  }

  const posted = (actor: Actor, event: EngineEvent) => new Promise<void>((resolve) => post(actor, event, resolve));

  const actorOf = (machine: Machine, execution: Execution): Actor => ({
    machine,
    execution,
    mailbox: [],
    busy: false,
    asked: undefined,
  });

  const waiting = (arn: string, id: number) => {
    const actor = actors.get(arn);
    return actor?.execution.pending[id]?.kind === 'task' ? actor : undefined;
  };

  /** Replays entries; what a failure leaves behind is kept where a redrive follows it. */
  const rebuilt = async (
    machine: Machine,
    identity: Identity,
    entries: AsyncIterable<Entry> | Iterable<Entry>,
    toRedrive: boolean,
  ) => {
    const actor = actorOf(machine, newExecution(identity));
    const replay = async ({ event, history }: Entry, redriven: boolean) => {
      const { events, ...chronicle } = collecting(event.at);
      await step(machine, actor.execution, event, chronicle, redriven);
      const differs = events.findIndex(({ id, type }, i) => history[i]?.id !== id || history[i]?.type !== type);
      if (differs < 0 && events.length === history.length) return;
      const where = `event ${history[Math.max(differs, 0)]?.id ?? actor.execution.events}`;
      throw new Error(
        `${identity.arn} cannot be resumed: its journal was written by an engine that went on differently at ${where}`,
      );
    };
    let held: Entry | undefined;
    for await (const entry of entries) {
      if (held) await replay(held, entry.event.kind === 'redriven');
      held = entry;
    }
    if (held) await replay(held, toRedrive);
    return actor;
  };

  return {
    start(machine, identity, input, seed) {
      const actor = actorOf(machine, newExecution(identity));
      actors.set(identity.arn, actor);
      return { execution: actor.execution, taken: posted(actor, { at: now(), kind: 'started', seed, input }) };
    },
    async resume(machine, identity, entries) {
      const actor = await rebuilt(machine, identity, entries, false);
      if (actor.execution.status !== 'RUNNING') return actor.execution;
      actors.set(identity.arn, actor);
      for (const command of Object.values(actor.execution.pending)) issue(actor, command);
      reached('execution.resumed');
      return actor.execution;
    },
    async redrive(machine, identity, entries, token) {
      const actor = await rebuilt(machine, identity, entries, true);
      actors.set(identity.arn, actor);
      await posted(actor, { at: now(), kind: 'redriven', token });
    },
    get: (arn) => actors.get(arn)?.execution,
    async answer(arn, id, outcome) {
      const actor = waiting(arn, id);
      if (!actor) return false;
      reached('token.accepted');
      await posted(actor, { at: now(), id, ...outcome });
      reached('token.stored');
      return true;
    },
    heartbeat(arn, id) {
      const actor = waiting(arn, id);
      actor?.asked?.get(id)?.beat?.();
      return actor !== undefined;
    },
    async stop(arn, error, cause) {
      const actor = actors.get(arn);
      if (actor) await posted(actor, { at: now(), kind: 'stopped', error, cause });
      return actor !== undefined;
    },
    async idle() {
      while (busy.size > 0) await Promise.all(busy);
    },
    close() {
      open = false;
      for (const { asked } of actors.values()) for (const it of asked?.values() ?? []) it.undo(true);
      actors.clear();
    },
  };
};
