/** XML in request bodies, read strictly: every element must be one the operation's grammar knows. */
import * as z from 'zod';
import { XMLParser } from 'fast-xml-parser';
import type { HttpRequest } from '../../operation.ts';
import { readBody } from '../../protocols/body.ts';
import { bodyDigests, checkDigest, checksumAlgorithms, checksumHeader } from './checksums.ts';
import { malformedXml } from './errors.ts';

/** A thousand keys of the greatest length, every byte escaped. */
const largestDocument = 8 * 2 ** 20;

/** Elements that are lists in S3's documents, by their path below the root; a list of one looks like a single element. */
const lists = new Set([
  'Delete.Object',
  'CompleteMultipartUpload.Part',
  'Tagging.TagSet.Tag',
  'LifecycleConfiguration.Rule',
  'LifecycleConfiguration.Rule.Filter.And.Tag',
  'LifecycleConfiguration.Rule.Transition',
  'LifecycleConfiguration.Rule.NoncurrentVersionTransition',
  'OwnershipControls.Rule',
  'ServerSideEncryptionConfiguration.Rule',
  'NotificationConfiguration.TopicConfiguration',
  'NotificationConfiguration.QueueConfiguration',
  'NotificationConfiguration.CloudFunctionConfiguration',
]);

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  // Numeric entities such as &#13; are decoded only with this.
  htmlEntities: true,
  isArray: (_name, path) => lists.has(String(path)),
});

/** Drops the white space between elements, which the parser reports as text beside them. */
const withoutLayout = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(withoutLayout);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([name, value]) => !(name === '#text' && String(value).trim() === ''))
      .map(([name, value]) => [name, withoutLayout(value)]),
  );
};

const documentGrammar = z.record(z.string(), z.unknown());

const parse = (text: string, root: string): unknown => {
  // A document type could define entities of any size.
  if (text.includes('<!DOCTYPE')) throw malformedXml('a document type is not allowed');
  let document: Record<string, unknown>;
  try {
    document = documentGrammar.parse(parser.parse(text, true));
  } catch (cause) {
    const error = malformedXml(String(cause));
    error.cause = cause;
    throw error;
  }
  if (!(root in document)) throw malformedXml(`expected <${root}>, found <${Object.keys(document).join('>, <')}>`);
  const content = withoutLayout(document[root]);
  return typeof content === 'object' ? content : {};
};

/** The content of the body's root element; throws MalformedXML, BadDigest. An absent body is undefined. */
export const readXml = async (request: HttpRequest, root: string): Promise<unknown> => {
  const body = await readBody(request.body, largestDocument);
  if (body.length === 0) return undefined;
  const announced = checksumAlgorithms.find((algorithm) => checksumHeader(algorithm) in request.headers);
  const digests = bodyDigests(announced);
  digests.update(body);
  const { md5, checksum } = digests.result();
  checkDigest('Content-MD5', request.headers['content-md5'], md5);
  if (announced) checkDigest(checksumHeader(announced), request.headers[checksumHeader(announced)], checksum?.Value);
  return parse(body.toString('utf8'), root);
};
