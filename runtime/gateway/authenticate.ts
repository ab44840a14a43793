/**
 * Who sent a request: reads the signature's claim from header or query, checks it against the key it names, and hands the
 * body on verified. What is wrong is named as each protocol names it.
 */
import { memoryLimit, readBody } from '../protocols/body.ts';
import { AwsError, type HttpRequest, type Principal, type Service, type World } from '../operation.ts';
import type { Holder, Keyring } from './credentials.ts';
import { isApiPath, type Scope } from './detect.ts';
import { expectedSignature, sameSignature, sha256, signingKey, type Claim } from './signature.ts';
import { verifiedBody } from './verifyBody.ts';

/** Who sent a request, and the request with its body verified and free of framing. Rejects with AwsError. */
export type Authenticate = (
  request: HttpRequest,
  scope: Scope | undefined,
) => Promise<{ principal: Principal; request: HttpRequest }>;

const anonymous: Principal = { kind: 'anonymous', arn: 'anonymous' };

/** How far (ms) a client's clock may be from ours. */
const tolerance = 15 * 60_000;
const longestPresigned = 7 * 24 * 3600;

type Fault = 'unknownKey' | 'signature' | 'skew' | 'expiredToken' | 'badToken' | 'region';

const json: Readonly<Record<Fault, string>> = {
  unknownKey: 'UnrecognizedClientException',
  signature: 'InvalidSignatureException',
  skew: 'InvalidSignatureException',
  expiredToken: 'ExpiredTokenException',
  badToken: 'UnrecognizedClientException',
  region: 'InvalidSignatureException',
};
const query: Readonly<Record<Fault, string>> = {
  unknownKey: 'InvalidClientTokenId',
  signature: 'SignatureDoesNotMatch',
  skew: 'SignatureDoesNotMatch',
  expiredToken: 'ExpiredToken',
  badToken: 'InvalidClientTokenId',
  region: 'SignatureDoesNotMatch',
};
const xml: Readonly<Record<Fault, string>> = {
  unknownKey: 'InvalidAccessKeyId',
  signature: 'SignatureDoesNotMatch',
  skew: 'RequestTimeTooSkewed',
  expiredToken: 'ExpiredToken',
  badToken: 'InvalidToken',
  region: 'AuthorizationHeaderMalformed',
};
const codesOf = (service: Service | undefined): Readonly<Record<Fault, string>> =>
  service?.protocol === 'awsQuery' ? query : service?.protocol === 'restXml' ? xml : json;

const incomplete = (what: string) =>
  new AwsError('IncompleteSignature', `The request carries no complete AWS Signature Version 4: ${what}`, 403);

/** `20261121T031500Z` in epoch ms; NaN when malformed. */
const timeOf = (timestamp: string): number =>
  /^\d{8}T\d{6}Z$/.test(timestamp)
    ? Date.parse(timestamp.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'))
    : Number.NaN;

interface Claimed extends Claim {
  token: string | undefined;
  /** Seconds a presigned request is valid; undefined for a request signed in its header. */
  expires: number | undefined;
}

const fromHeader = (authorization: string, { headers }: HttpRequest, scope: Scope): Claimed => {
  if (!authorization.startsWith('AWS4-HMAC-SHA256 ')) throw incomplete('the algorithm must be AWS4-HMAC-SHA256');
  const part = (name: string) => new RegExp(`[ ,]${name}=([^,\\s]+)`).exec(authorization)?.[1];
  const signedHeaders = part('SignedHeaders')?.toLowerCase().split(';');
  const signature = part('Signature');
  const timestamp = headers['x-amz-date'];
  if (!signedHeaders || !signature) throw incomplete('Authorization needs Credential, SignedHeaders and Signature');
  if (!timestamp) throw incomplete('the header X-Amz-Date is missing');
  return { scope, timestamp, signedHeaders, signature, token: headers['x-amz-security-token'], expires: undefined };
};

const fromQuery = (request: HttpRequest, scope: Scope): Claimed => {
  const { query } = request;
  const signedHeaders = query['X-Amz-SignedHeaders']?.toLowerCase().split(';');
  const [signature, timestamp] = [query['X-Amz-Signature'], query['X-Amz-Date']];
  const expires = Number(query['X-Amz-Expires'] ?? '900');
  if (query['X-Amz-Algorithm'] !== 'AWS4-HMAC-SHA256' || !signedHeaders || !signature || !timestamp)
    throw incomplete('the query needs X-Amz-Algorithm, -Credential, -Date, -Expires, -SignedHeaders and -Signature');
  if (!(expires >= 1 && expires <= longestPresigned))
    throw new AwsError(
      'AuthorizationQueryParametersError',
      `X-Amz-Expires must be from 1 to ${longestPresigned} seconds`,
    );
  return { scope, timestamp, signedHeaders, signature, token: query['X-Amz-Security-Token'], expires };
};

/** Headers that change what a request means: unsigned, anybody could have put them there. */
const mustBeSigned = ['x-amz-target', 'x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token'];

const checkClaim = (claim: Claimed, request: HttpRequest, world: World, codes: Readonly<Record<Fault, string>>) => {
  const { scope, timestamp, signedHeaders, expires } = claim;
  const loose = mustBeSigned.find((name) => name in request.headers && !signedHeaders.includes(name));
  if (loose || !signedHeaders.includes('host')) throw incomplete(`the header ${loose ?? 'host'} is not signed`);
  const at = timeOf(timestamp);
  if (Number.isNaN(at) || !timestamp.startsWith(scope.date))
    throw incomplete(`the date ${timestamp} must be yyyymmddThhmmssZ and agree with the scope's ${scope.date}`);
  const now = world.clock.now();
  if (expires !== undefined && now > at + expires * 1000)
    throw new AwsError('AccessDenied', 'Request has expired', 403, { 'X-Amz-Expires': expires });
  if (expires === undefined ? Math.abs(now - at) > tolerance : at > now + tolerance) {
    const server = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
    throw new AwsError(
      codes.skew,
      codes.skew === 'RequestTimeTooSkewed'
        ? 'The difference between the request time and the current time is too large.'
        : `Signature ${at < now ? 'expired' : 'not yet current'}: ${timestamp} is more than 15 min. from ${server}`,
      403,
    );
  }
  // IAM is global and signed for us-east-1 everywhere.
  if (scope.region !== world.region && !(scope.service === 'iam' && scope.region === 'us-east-1'))
    throw new AwsError(
      codes.region,
      `Credential should be scoped to a valid region: this runtime is '${world.region}', the request is signed for '${scope.region}'`,
      403,
    );
};

const checkToken = ({ credentials, expires }: Holder, token: string | undefined, now: number, codes: typeof json) => {
  if (credentials.sessionToken !== undefined && credentials.sessionToken !== token)
    throw new AwsError(codes.badToken, 'The security token included in the request is invalid.', 403);
  if (expires !== undefined && now > expires)
    throw new AwsError(codes.expiredToken, 'The security token included in the request is expired', 403);
};

/** The hash the signature covers; a request that does not state it is read to compute it. */
const payloadOf = async (request: HttpRequest, claim: Claimed): Promise<{ hash: string; request: HttpRequest }> => {
  const stated = request.query['X-Amz-Content-Sha256'] ?? request.headers['x-amz-content-sha256'];
  if (stated) return { hash: stated, request };
  if (claim.scope.service === 's3' && claim.expires !== undefined) return { hash: 'UNSIGNED-PAYLOAD', request };
  const bytes = await readBody(request.body, memoryLimit);
  return {
    hash: sha256(bytes),
    request: {
      ...request,
      body: {
        async *[Symbol.asyncIterator]() {
          yield bytes;
        },
      },
    },
  };
};

const signatureOf = (request: HttpRequest, claim: Claim, hash: string, key: Buffer): string => {
  try {
    return expectedSignature(request, claim, hash, key);
  } catch (cause) {
    const error = new AwsError('InvalidURI', `Could not parse the query string of the request: ${String(cause)}`);
    error.cause = cause;
    throw error;
  }
};

/** Verifies signatures against the keys of `keyring`. */
export const authenticator =
  (world: World, keyring: Keyring, services: ReadonlyMap<string, Service>): Authenticate =>
  async (raw, scope) => {
    const authorization = raw.headers['authorization'];
    if (!scope) {
      // An HTTP API may be called by anybody, with any scheme in Authorization: its authorizers decide.
      if (isApiPath(raw.path)) return { principal: anonymous, request: raw };
      if (authorization ?? raw.query['X-Amz-Credential']) throw incomplete('the credential has no scope');
      throw new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
    }
    const codes = codesOf(services.get(scope.service));
    const claim = authorization ? fromHeader(authorization, raw, scope) : fromQuery(raw, scope);
    const holder = keyring.holderOf(scope.accessKeyId);
    if (!holder) throw new AwsError(codes.unknownKey, 'The security token included in the request is invalid.', 403);
    checkClaim(claim, raw, world, codes);
    const { hash, request } = await payloadOf(raw, claim);
    const key = signingKey(holder.credentials.secretAccessKey, scope);
    if (!sameSignature(signatureOf(request, claim, hash, key), claim.signature))
      throw new AwsError(
        codes.signature,
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
        403,
      );
    checkToken(holder, claim.token, world.clock.now(), codes);
    return { principal: holder.principal, request: verifiedBody(request, hash, { key, claim }) };
  };
