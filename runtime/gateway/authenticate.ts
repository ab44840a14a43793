import { AwsError, type HttpRequest, type Principal, type World } from '../operation.ts';
import type { Keyring } from './credentials.ts';
import { isApiPath, type Scope } from './detect.ts';
import type { Authenticate } from './server.ts';

const anonymous: Principal = { kind: 'anonymous', arn: 'anonymous' };

const isSigned = ({ headers, query }: HttpRequest): boolean =>
  headers['authorization'] !== undefined || query['X-Amz-Credential'] !== undefined;

/** Finds the principal of a request by its access key. */
export const authenticator =
  (_world: World, keyring: Keyring): Authenticate =>
  (request, scope: Scope | undefined) => {
    if (!scope) {
      if (isApiPath(request.path)) return { principal: anonymous, request };
      throw isSigned(request)
        ? new AwsError('IncompleteSignature', 'The request carries no complete AWS Signature Version 4', 403)
        : new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
    }
    const holder = keyring.holderOf(scope.accessKeyId);
    if (!holder)
      throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', 403);
    return { principal: holder.principal, request };
  };
