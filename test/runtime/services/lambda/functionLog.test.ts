import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { openRuntime } from '../../../../runtime/index.ts';
import { lambda } from '../../../../runtime/services/lambda/index.ts';
import { logs } from '../../../../runtime/services/logs/index.ts';
import { clientOf, connect, create, esm, invoke, removeFolders, temporaryFolder } from './functionFixture.ts';

afterAll(removeFolders);

describe('what a function writes', () => {
  test('lines go to the function’s group with START, END and REPORT around them', async () => {
    await using runtime = await openRuntime({ dataDir: await temporaryFolder(), services: [lambda, logs] });
    const client = clientOf(runtime);
    await create(
      client,
      'talks',
      esm(`console.log('loading');
        export const handler = async (event, { awsRequestId }) => {
          console.warn('rows %d', 3); process.stdout.write('{"raw":1}\\nunfinished'); return awsRequestId }`),
    );
    const { payload: id, log } = await invoke(client, 'talks');
    expect(log.split('\n')).toEqual([
      `START RequestId: ${id} Version: $LATEST`,
      expect.stringMatching(/^\S+Z\tundefined\tINFO\tloading$/),
      expect.stringMatching(new RegExp(`^\\S+Z\\t${id}\\tWARN\\trows 3$`)),
      '{"raw":1}',
      'unfinished',
      `END RequestId: ${id}`,
      expect.stringMatching(
        new RegExp(
          `^REPORT RequestId: ${id}\\tDuration: .* ms\\tBilled Duration: .*\\tMemory Size: 128 MB.*Init Duration`,
        ),
      ),
      '',
    ]);
    const cloudWatch = new CloudWatchLogsClient(connect(runtime));
    const stored = async () => {
      const { events = [] } = await cloudWatch.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/talks' }));
      return events;
    };
    let events = await stored().catch(() => []);
    while (events.length < 7) events = await stored().catch(() => []);
    expect(events.map(({ message }) => message?.trimEnd())).toEqual(
      log
        .trimEnd()
        .split('\n')
        .map((l) => l.trimEnd()),
    );
    expect(events[0]?.logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
  });
});
