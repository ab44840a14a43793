/** What the files of the core hand to each other while one event is processed. */
import type { Answer } from './answer.ts';
import type { Command, Execution, Thread, Turn } from './execution.ts';
import type { Chronicle } from './history.ts';
import type { Json, JsonObject } from './json.ts';
import type { Later } from './later.ts';
import type { Machine, StateDefinition } from './machine.ts';
import type { Surroundings } from './jsonata/functions.ts';

export interface Run extends Turn {
  machine: Machine;
  history: Chronicle;
  execution: Execution;
  now: number;
  /** Threads that begin a state when the present one waits or ends. */
  ready: number[];
  /** A failure of the execution leaves its threads in `remains`. */
  remember?: boolean;
  /** Set while one state is tried by itself. */
  trial?: Trial | undefined;
}

/** What a trial of one state brings along, and what it wants to see of the way its data takes. */
export interface Trial {
  /** The whole Context Object. */
  context: JsonObject;
  /** Told by the name the API gives it: `afterResultSelector`. */
  see(member: string, value: Json): void;
}

/** How a state was left. */
export interface Exit {
  output: Json;
  /** Variables set on the way out. */
  assigned?: JsonObject | undefined;
  /** Overrides the state's Next (Choice, Catch). */
  next?: string;
}

/** One type of state. Without an Exit the thread waits for the answer to a command or for its children. */
export interface StateKind {
  begin(run: Run, thread: Thread, state: StateDefinition): Later<Exit | undefined>;
  /** `begin` for a JSONPath state of a type that never waits: no generator is needed. */
  beginPaths?(run: Run, thread: Thread, state: StateDefinition): Exit;
  /** `begin` in an execution that was redriven, where that is not the same. */
  redrive?(run: Run, thread: Thread, state: StateDefinition): Later<Exit | undefined>;
  resume?(run: Run, thread: Thread, state: StateDefinition, answer: Answer): Later<Exit | undefined>;
  /** Writes what the history says when the state fails for good. */
  failed?(run: Run, thread: Thread): void;
}

export const surroundings = (run: Run): Surroundings => ({ now: run.now, random: run.execution.random });

/** Asks the world for something; it stays pending until answered or cancelled. */
export const issue = (run: Run, command: Command) => {
  run.execution.pending[command.id] = command;
  run.commands.push(command);
};

/** Takes back every command of a thread. */
export const cancelCommands = (run: Run, thread: Thread) => {
  for (const command of Object.values(run.execution.pending)) {
    if (command.thread !== thread.id) continue;
    delete run.execution.pending[command.id];
    run.cancelled.push(command.id);
  }
};

/** A variable as a thread sees it: its own, else that of the threads around it. */
export const variableOf = (run: Run, thread: Thread, name: string): Json | undefined => {
  for (let at: Thread | undefined = thread; at; at = at.parent && run.execution.threads[at.parent.thread]) {
    if (Object.hasOwn(at.variables, name)) return at.variables[name];
  }
  return undefined;
};

/** All variables a thread sees. */
export const variablesOf = (run: Run, thread: Thread): JsonObject => {
  const outer = thread.parent && run.execution.threads[thread.parent.thread];
  return outer ? { ...variablesOf(run, outer), ...thread.variables } : thread.variables;
};
