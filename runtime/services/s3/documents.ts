/** The XML documents of requests: the member each one is, and how its flattened lists look in the SDKs' shape. */

type Node = Readonly<Record<string, unknown>>;

const isNode = (it: unknown): it is Node => typeof it === 'object' && it !== null && !Array.isArray(it);

/** Renames list elements (`Rule`) to the members SDKs know (`Rules`). */
const renamed =
  (names: Readonly<Record<string, string>>, inner: (item: unknown) => unknown = (item) => item) =>
  (node: unknown): unknown =>
    isNode(node)
      ? Object.fromEntries(
          Object.entries(node).map(([name, value]) =>
            names[name] && Array.isArray(value) ? [names[name], value.map(inner)] : [name, value],
          ),
        )
      : node;

/** `<TagSet><Tag/></TagSet>` is a list of tags. */
const tagging = (node: unknown): unknown => {
  if (!isNode(node)) return node;
  const { TagSet, ...rest } = node;
  return { ...rest, TagSet: isNode(TagSet) ? (TagSet['Tag'] ?? []) : [] };
};

const same = (node: unknown): unknown => node;

const lifecycleRule = (rule: unknown): unknown => {
  const node = renamed({ Transition: 'Transitions', NoncurrentVersionTransition: 'NoncurrentVersionTransitions' })(
    rule,
  );
  if (!isNode(node) || !isNode(node['Filter'])) return node;
  return {
    ...node,
    Filter: {
      ...node['Filter'],
      ...(isNode(node['Filter']['And']) && { And: renamed({ Tag: 'Tags' })(node['Filter']['And']) }),
    },
  };
};

/** By root element. */
export const documents = {
  CompleteMultipartUpload: { member: 'MultipartUpload', shape: renamed({ Part: 'Parts' }) },
  CreateBucketConfiguration: { member: 'CreateBucketConfiguration', shape: same },
  Delete: { member: 'Delete', shape: renamed({ Object: 'Objects' }) },
  LifecycleConfiguration: { member: 'LifecycleConfiguration', shape: renamed({ Rule: 'Rules' }, lifecycleRule) },
  NotificationConfiguration: {
    member: 'NotificationConfiguration',
    shape: (node: unknown) => {
      const it = renamed({
        TopicConfiguration: 'TopicConfigurations',
        QueueConfiguration: 'QueueConfigurations',
        CloudFunctionConfiguration: 'LambdaFunctionConfigurations',
      })(node);
      return isNode(it) && it['EventBridgeConfiguration'] === '' ? { ...it, EventBridgeConfiguration: {} } : it;
    },
  },
  OwnershipControls: { member: 'OwnershipControls', shape: renamed({ Rule: 'Rules' }) },
  PublicAccessBlockConfiguration: { member: 'PublicAccessBlockConfiguration', shape: same },
  ServerSideEncryptionConfiguration: { member: 'ServerSideEncryptionConfiguration', shape: renamed({ Rule: 'Rules' }) },
  Tagging: { member: 'Tagging', shape: tagging },
  VersioningConfiguration: { member: 'VersioningConfiguration', shape: same },
} as const;
