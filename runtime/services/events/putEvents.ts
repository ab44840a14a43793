import * as z from 'zod';
import { AwsError, operation } from '../../operation.ts';
import { type BusEvent, type EventsState, matcherOf } from './eventsState.ts';
import { defaultBus } from './grammar.ts';

const entry = z.strictObject({
  Source: z.string().optional(),
  DetailType: z.string().max(128).optional(),
  Detail: z.string().optional(),
  Resources: z.array(z.string().max(2048)).max(100).optional(),
  /** Epoch seconds. */
  Time: z.number().optional(),
  EventBusName: defaultBus,
});

const input = z.strictObject({ Entries: z.array(entry).min(1).max(10) });

/** An entry may have 256 KB in all (EventBridge API Reference, PutEvents). */
const maxEntryBytes = 262_144;

type Entry = z.infer<typeof entry>;

/** Entries fail one by one, as on AWS: the answer says which. */
export const putEvents = operation<
  EventsState,
  z.infer<typeof input>,
  { FailedEntryCount: number; Entries: { EventId?: string; ErrorCode?: string; ErrorMessage?: string }[] }
>({
  input,
  needs: (_, { world }) => [
    {
      action: 'events:PutEvents',
      resource: `arn:${world.partition}:events:${world.region}:${world.accountId}:event-bus/default`,
    },
  ],
  async run({ Entries }, { world, state, principal }) {
    const results = Entries.map((given) => {
      const refusal = refuse(given, principal.kind === 'service');
      if (refusal) return refusal;
      const event: BusEvent = {
        version: '0',
        id: world.ids.uuid(),
        'detail-type': given.DetailType ?? '',
        source: given.Source ?? '',
        account: world.accountId,
        time: `${new Date((given.Time ?? world.clock.now() / 1000) * 1000).toISOString().slice(0, 19)}Z`,
        region: world.region,
        resources: given.Resources ?? [],
        detail: JSON.parse(given.Detail ?? '{}'),
      };
      for (const rule of state.rules.values()) {
        if (rule.state !== 'ENABLED' || !matcherOf(state, rule)(event)) continue;
        for (const target of rule.targets) state.deliveries.add(event, rule.arn, target);
      }
      return { EventId: event.id };
    });
    await world.store.flushed();
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  },
});

const refuse = (given: Entry, fromAws: boolean) => {
  const { Source, DetailType, Detail } = given;
  const fail = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
  if (!Source) return fail('InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.');
  if (!DetailType)
    return fail('InvalidArgument', 'Parameter DetailType is not valid. Reason: DetailType is a required argument.');
  if (!Detail) return fail('InvalidArgument', 'Parameter Detail is not valid. Reason: Detail is a required argument.');
  if (Source.startsWith('aws.') && !fromAws)
    return fail('NotAuthorizedForSourceException', 'Not authorized for the source.');
  if (Buffer.byteLength(JSON.stringify(given)) > maxEntryBytes)
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  return isObjectText(Detail) ? undefined : fail('MalformedDetail', 'Detail is malformed.');
};

const isObjectText = (text: string) => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};
