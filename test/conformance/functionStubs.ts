/** The Lambda functions that recordings call by name, as a service of the runtime: only Invoke is ever asked of it. */
import type { Json } from '../../runtime/asl/json.ts';
import { AwsError, type ServiceFactory } from '../../runtime/operation.ts';
import { lambdaStub } from '../fixtures/lambdaStub.ts';
import type { Compare } from './recording.ts';

export const functionStubs = ({ FUNCTIONS }: Compare): ServiceFactory =>
  lambdaStub(({ name, event }) => {
    const stub = FUNCTIONS[name.split(':').at(-1) ?? ''];
    if (!stub) throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
    try {
      return { payload: stub(event as Json) };
    } catch (thrown) {
      const { cause } = thrown as { cause: string };
      return { payload: JSON.parse(cause), error: true };
    }
  });
