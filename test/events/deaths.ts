/**
 * A function dies between two of its writes, at each of them in turn. Its event is delivered again, as Lambda does, when
 * everything else has gone on; then every drop must have become what the policy says, and no slot may be taken.
 */
import { isPending } from '../../spec/run.ts';
import { eventOf, runOf, type EventWorld, type Made, type Policy } from '../functions/eventWorld.ts';

class Death extends Error {}

interface Written {
  Item?: { sk?: unknown };
  Key?: { sk?: unknown };
  UpdateExpression?: string;
  stateMachineArn?: string;
  executionArn?: string;
}

/** Whether a call changes who runs and who waits; what else functions write is for other tests. */
const counts = (command: string, { Item, Key, UpdateExpression = '', ...sfn }: Written) => {
  if (/^(Start|Stop)Execution/.test(command)) return /-train\b/.test(sfn.stateMachineArn ?? sfn.executionArn ?? '');
  if (!/^(Put|Update|Delete)ItemCommand/.test(command)) return false;
  const sk = String(Item?.sk ?? Key?.sk);
  return sk === 'run'
    ? Item !== undefined || UpdateExpression.includes('outcome')
    : /^(active|waiting#|begun)/.test(sk);
};

type Next = (args: { input: Written }) => Promise<unknown>;
type Middleware = (next: Next, context: { commandName?: string }) => Next;
interface Stack {
  add(middleware: Middleware, options: object): void;
  remove(name: string): boolean;
}

/** Throws behind the n-th write that counts, once: its effect is there, and nobody knows. */
const killer = ({ clients }: EventWorld) => {
  let left = Infinity;
  const die: Middleware =
    (next, { commandName = '' }) =>
    async (args) => {
      const answer = await next(args);
      if (counts(commandName, args.input) && --left === 0) throw new Death(commandName);
      return answer;
    };
  const stacks = [clients.dynamodb(), clients.sfn()].map(({ middlewareStack }) => middlewareStack as Stack);
  for (const stack of stacks) stack.add(die, { step: 'initialize', name: 'die', priority: 'high' });
  return {
    arm: (n: number) => (left = n),
    /** Whether the armed death has come. */
    disarm: () => {
      const died = left <= 0;
      left = Infinity;
      return died;
    },
    remove() {
      for (const stack of stacks) stack.remove('die');
    },
  };
};

let number = 0;
const made = (pipeline: string): Made => {
  number += 1;
  return { key: `drop/${pipeline}/data.csv`, versionId: `v${number}`, number };
};

/** Does what it is given in turn; what died is done again behind everything else. */
const survive = async (steps: readonly (() => Promise<unknown>)[]) => {
  const again: (() => Promise<unknown>)[] = [];
  for (const step of steps)
    await step().catch((error: unknown) => {
      if (!(error instanceof Death)) throw error;
      again.push(step);
    });
  for (const step of again) await step();
};

/** Ends what runs, and hears all ends, until nothing runs or waits; the outcomes. */
const runDry = async (world: EventWorld, drops: readonly Made[]) => {
  for (;;) {
    await survive((await world.ends()).map((event) => () => world.hear(event)));
    const runs = await Promise.all(drops.map((it) => world.ledger.getRun(runOf(it))));
    for (const run of runs) if (run?.outcome === 'RUNNING') await world.stop(run.runId);
    if (runs.every((run) => !run || !isPending(run.outcome))) return runs.map((run) => run?.outcome);
  }
};

/** Three drops, one of them told twice, while the first is active; what became of them, and what is left in the ledger. */
const scenario = async (world: EventWorld, policy: Policy, pipeline: string) => {
  await world.apply(pipeline, `trigger: { policy: ${policy} }`);
  const drops = [made(pipeline), made(pipeline), made(pipeline)] as const;
  const [first, second, third] = drops;
  await survive([first, second, second, third].map((it) => () => world.deliver(eventOf(it))));
  const outcomes = await runDry(world, drops);
  const { getSlot, firstWaiting } = world.ledger;
  return { outcomes, left: [await getSlot(pipeline), await firstWaiting(pipeline)].filter((it) => it !== undefined) };
};

/** What the three drops may become. */
const promised: Record<Policy, readonly string[][]> = {
  parallel: [['STOPPED', 'STOPPED', 'STOPPED']],
  queue: [['STOPPED', 'STOPPED', 'STOPPED']],
  // Who died may be told again when the slot is free or has passed on.
  skip: [
    ['STOPPED', 'SKIPPED', 'SKIPPED'],
    ['SKIPPED', 'STOPPED', 'SKIPPED'],
  ],
  replace: [
    ['STOPPED', 'SKIPPED', 'STOPPED'],
    ['STOPPED', 'STOPPED', 'STOPPED'],
    ['SKIPPED', 'STOPPED', 'STOPPED'],
    ['SKIPPED', 'SKIPPED', 'STOPPED'],
  ],
};

/** Kills behind every `stride`-th write until nobody dies any more; how many died, and what was wrong then. */
export const dieEverywhere = async (world: EventWorld, policy: Policy, stride = 1) => {
  const deaths = killer(world);
  const wrong: string[] = [];
  let died = 0;
  for (let n = 1; ; n += stride) {
    deaths.arm(n);
    const { outcomes, left } = await scenario(world, policy, `lasting-${policy}-${n}`);
    const hasDied = deaths.disarm();
    const told = JSON.stringify(outcomes);
    if (!promised[policy].some((it) => JSON.stringify(it) === told)) wrong.push(`${policy}, write ${n}: ${told}`);
    if (left.length > 0) wrong.push(`${policy}, write ${n}: left ${JSON.stringify(left)}`);
    if (!hasDied) break;
    died += 1;
  }
  deaths.remove();
  return { died, wrong };
};
