/** sluice up: the embedded AWS in the foreground, until Ctrl-C or `sluice down`. */
import type { Command } from 'commander';
import { announceRunning, findRunning, withdrawRunning } from './connection.ts';
import type { Embedded } from './embedded.ts';
import { dataDirOf, portArgument } from './options.ts';
import { print, style, tell } from './terminal.ts';
import { UsageError } from './usageError.ts';

export const up = (program: Command) =>
  program
    .command('up')
    .description('start the embedded AWS and keep it running')
    .option('--port <port>', 'port on 127.0.0.1; 0 takes any free one', portArgument, 4599)
    .action(async ({ port }: { port: number }, command: Command) => {
      const dataDir = dataDirOf(command);
      const running = await findRunning(dataDir);
      if (running) throw new UsageError(`It is up already, at ${running.endpoint} (process ${running.pid}).`);
      const { openEmbedded } = await import('./embedded.ts');
      const embedded = await openEmbedded({
        dataDir,
        port,
        progress: (what) => tell(`${what} …`),
        log: (level, message, fields) => {
          if (level === 'error' || level === 'warn')
            tell(`${level}: ${message} ${fields ? JSON.stringify(fields) : ''}`);
        },
      });
      const stopped = new Promise<void>((resolve) => {
        process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve());
      });
      try {
        await announceRunning(dataDir, embedded);
        describe(embedded, dataDir);
        // Nothing else keeps the process alive once the last request is answered.
        const alive = setInterval(() => {}, 60_000);
        await stopped;
        clearInterval(alive);
        tell('Stopping; what is under way goes on at the next start.');
      } finally {
        await withdrawRunning(dataDir);
        await embedded.close();
      }
    });

const describe = ({ runtime, deployed }: Embedded, dataDir: string) => {
  const { endpoint, region, credentials } = runtime;
  const { outputs } = deployed;
  print(style('bold', 'Sluice is up.'));
  print(`  endpoint   ${endpoint}`);
  print(`  HTTP API   ${endpoint}/execute-api/${outputs['HttpApiId']}`);
  print(`  bucket     s3://${outputs['DataBucketName']}   (drop files under drop/<pipeline>/)`);
  print(`  data       ${dataDir}`);
  print();
  print('Any AWS SDK or the aws CLI talks to it with:');
  print(`  export AWS_ENDPOINT_URL=${endpoint}`);
  print(`  export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`);
  print(`  export AWS_ACCESS_KEY_ID=${credentials.accessKeyId} AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}`);
  print();
  print('An aws CLI before 2.13 needs --endpoint-url with each command. Ctrl-C or `sluice down` stops it.');
};
