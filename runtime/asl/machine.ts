/** A state machine's definition, read once and asked for its states by the place they stand in. */
import { isObject, type Json, type JsonObject } from './json.ts';

export type QueryLanguage = 'JSONPath' | 'JSONata';

/** One state as written; the engine trusts what validation has let pass. */
export type StateDefinition = JsonObject & { Type: string };

/** Something with StartAt and States: a machine, a branch, an item processor. */
export interface Block {
  startAt: string;
  states: Readonly<Record<string, StateDefinition>>;
}

export interface Machine {
  queryLanguage: QueryLanguage;
  /** Of an execution. */
  timeoutSeconds: number | undefined;
  root: Block;
  /** Blocks by where they stand: `''`, `/Candidates/ItemProcessor`, `/Both/Branches/1/Inner/ItemProcessor`. */
  blocks: Map<string, Block>;
}

const blockOf = (json: Json | undefined): Block => {
  if (!isObject(json) || !isObject(json['States']) || typeof json['StartAt'] !== 'string') {
    throw new TypeError('A block of states needs StartAt and States');
  }
  return { startAt: json['StartAt'], states: json['States'] as Record<string, StateDefinition> };
};

/** Map's processor under its present or its former name. */
export const processorOf = (state: StateDefinition): JsonObject | undefined => {
  const processor = state['ItemProcessor'] ?? state['Iterator'];
  return isObject(processor) ? processor : undefined;
};

const collect = (into: Map<string, Block>, scope: string, block: Block) => {
  into.set(scope, block);
  for (const [name, state] of Object.entries(block.states)) {
    const processor = processorOf(state);
    if (processor) collect(into, `${scope}/${name}/ItemProcessor`, blockOf(processor));
    if (Array.isArray(state['Branches'])) {
      for (const [i, branch] of state['Branches'].entries())
        collect(into, `${scope}/${name}/Branches/${i}`, blockOf(branch));
    }
  }
};

/** Reads a validated definition. */
export const readMachine = (definition: string | JsonObject): Machine => {
  const json = typeof definition === 'string' ? (JSON.parse(definition) as Json) : definition;
  const root = blockOf(json);
  const blocks = new Map<string, Block>();
  collect(blocks, '', root);
  const { QueryLanguage: language, TimeoutSeconds: timeout } = json as JsonObject;
  return {
    queryLanguage: language === 'JSONata' ? 'JSONata' : 'JSONPath',
    timeoutSeconds: typeof timeout === 'number' ? timeout : undefined,
    root,
    blocks,
  };
};

/** The machine that the child executions of a distributed Map state run: the states at `scope`, by themselves. */
export const machineInside = (machine: Machine, scope: string): Machine => {
  const inside = [...machine.blocks].filter(([place]) => place === scope || place.startsWith(`${scope}/`));
  return {
    queryLanguage: machine.queryLanguage,
    timeoutSeconds: undefined,
    root: blockAt(machine, scope),
    blocks: new Map(inside.map(([place, block]) => [place.slice(scope.length), block])),
  };
};

/** The states around a thread. */
export const blockAt = (machine: Machine, scope: string): Block => {
  const block = machine.blocks.get(scope);
  if (!block) throw new Error(`The machine has no states at '${scope}'`);
  return block;
};

/** The definition of the state a thread is in; undefined when there is none of that name. */
export const stateAt = (
  machine: Machine,
  { scope, state }: { scope: string; state: string },
): StateDefinition | undefined => {
  const { states } = blockAt(machine, scope);
  return Object.hasOwn(states, state) ? states[state] : undefined;
};

export const languageOf = (machine: Machine, state: StateDefinition): QueryLanguage =>
  state['QueryLanguage'] === 'JSONata' || state['QueryLanguage'] === 'JSONPath'
    ? state['QueryLanguage']
    : machine.queryLanguage;
