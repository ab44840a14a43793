/** The Lambda functions that recordings call by name, as a service of the runtime: only Invoke is ever asked of it. */
import * as z from 'zod';
import { AwsError, operation, type ServiceFactory } from '../../runtime/operation.ts';
import type { Json } from '../../runtime/asl/json.ts';
import type { Compare } from './recording.ts';

const encoded = (text: string) => new TextEncoder().encode(text);

export const functionStubs =
  ({ FUNCTIONS }: Compare): ServiceFactory =>
  () => ({
    name: 'lambda',
    protocol: 'restJson',
    state: undefined,
    operations: {
      Invoke: operation({
        input: z.looseObject({ FunctionName: z.string(), Payload: z.instanceof(Uint8Array) }),
        needs: () => [],
        run({ FunctionName, Payload }) {
          const stub = FUNCTIONS[FunctionName.split(':').at(-1) ?? ''];
          if (!stub) throw new AwsError('ResourceNotFoundException', `Function not found: ${FunctionName}`, 404);
          try {
            const result = stub(JSON.parse(new TextDecoder().decode(Payload)) as Json);
            return { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: encoded(JSON.stringify(result)) };
          } catch (thrown) {
            const { cause } = thrown as { cause: string };
            return { StatusCode: 200, FunctionError: 'Unhandled', Payload: encoded(cause) };
          }
        },
      }),
    },
  });
