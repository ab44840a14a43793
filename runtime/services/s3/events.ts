/**
 * "Object Created" and "Object Deleted" for EventBridge. An event is recorded just before the change it tells of, in the same
 * group commit, and stays recorded until the bus has it: a crash after the commit delays it to the next start.
 */
import type { World } from '../../operation.ts';
import type { Table } from '../../journal/store.ts';
import { bucketArn } from './bucket.ts';

type Reason = 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload' | 'DeleteObject' | 'Lifecycle Expiration';

/** What happened, before it is put into EventBridge's form. */
export interface ObjectEvent {
  type: 'Object Created' | 'Object Deleted';
  bucket: string;
  key: string;
  size?: number;
  etag?: string;
  /** Absent in buckets that were never versioned. */
  versionId?: string | undefined;
  number: number;
  reason: Reason;
  requestId: string;
  requester: string;
  deletionType?: 'Permanently Deleted' | 'Delete Marker Created';
}

export interface Outbox {
  /** The greatest sequence number of an event that waited at the start; 0 where none did. */
  readonly lastSequence: number;
  /** Records an event; call it in the same tick as, and before, the change itself. */
  record(event: ObjectEvent): void;
  /** Sends recorded events; call it when the change is durable. */
  deliver(): void;
  /**
   * Forgets the event of a change that never happened: the log's tail can be cut between an event and its change, and then
   * nobody was told of it. `lastChange` is the greatest number of a recorded change.
   */
  forgetTorn(lastChange: number): void;
  stop(): void;
}

const retryMs = 1000;

/** The `detail` of the event, member for member as S3 sends it. */
const detailOf = (event: ObjectEvent) => ({
  version: '0',
  bucket: { name: event.bucket },
  object: {
    key: event.key,
    ...(event.size !== undefined && { size: event.size }),
    ...(event.etag !== undefined && { etag: event.etag }),
    ...(event.versionId !== undefined && { 'version-id': event.versionId }),
    sequencer: event.number.toString(16).toUpperCase().padStart(18, '0'),
  },
  'request-id': event.requestId,
  requester: event.requester,
  'source-ip-address': '127.0.0.1',
  reason: event.reason,
  ...(event.deletionType !== undefined && { 'deletion-type': event.deletionType }),
});

export const openOutbox = (world: World): Outbox => {
  const waiting: Table<ObjectEvent> = world.store.table('s3.events');
  const lastSequence = [...waiting.values()].reduce((last, { number }) => Math.max(last, number), 0);
  const underWay = new Set<string>();
  let stopped = false;
  let cancelRetry: (() => void) | undefined;

  const send = async (id: string, event: ObjectEvent) => {
    underWay.add(id);
    try {
      await world.emit({
        source: 'aws.s3',
        detailType: event.type,
        resources: [bucketArn(event.bucket)],
        detail: detailOf(event),
      });
      // Not flushed: a crash before it is durable sends the event twice, as S3 may.
      if (!stopped) waiting.delete(id);
    } catch (error) {
      world.log('warn', 'an S3 event could not be handed to the bus; it is sent again', { key: event.key, error });
      cancelRetry ??= world.clock.alarm(world.clock.now() + retryMs, () => {
        cancelRetry = undefined;
        deliver();
      });
    } finally {
      underWay.delete(id);
    }
  };
  const deliver = () => {
    if (stopped) return;
    for (const id of waiting.keys()) {
      const event = underWay.has(id) ? undefined : waiting.get(id);
      if (event) void send(id, event);
    }
  };

  return {
    lastSequence,
    record: (event) => waiting.set(String(event.number), event),
    deliver,
    forgetTorn(lastChange) {
      const last = waiting.get(String(lastSequence));
      if (last && last.number > lastChange && last.deletionType !== 'Permanently Deleted')
        waiting.delete(String(lastSequence));
    },
    stop() {
      stopped = true;
      cancelRetry?.();
    },
  };
};
