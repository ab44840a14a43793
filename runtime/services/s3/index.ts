/**
 * Simple Storage Service: buckets, versioned objects, multipart uploads, and their events for EventBridge. Objects are files
 * named by random ids (blobs.ts), what is known of them is in durable tables (state.ts).
 */
import type { ServiceFactory } from '../../operation.ts';
import { abortMultipartUpload } from './abortMultipartUpload.ts';
import { completeMultipartUpload } from './completeMultipartUpload.ts';
import { copyObject } from './copyObject.ts';
import { createBucket } from './createBucket.ts';
import { createMultipartUpload } from './createMultipartUpload.ts';
import { deleteBucket } from './deleteBucket.ts';
import { deleteBucketEncryption } from './deleteBucketEncryption.ts';
import { deleteBucketLifecycle } from './deleteBucketLifecycle.ts';
import { deleteBucketOwnershipControls } from './deleteBucketOwnershipControls.ts';
import { deleteBucketPolicy } from './deleteBucketPolicy.ts';
import { deleteBucketTagging } from './deleteBucketTagging.ts';
import { deleteObject } from './deleteObject.ts';
import { deleteObjectTagging } from './deleteObjectTagging.ts';
import { deleteObjects } from './deleteObjects.ts';
import { deletePublicAccessBlock } from './deletePublicAccessBlock.ts';
import { getBucketEncryption } from './getBucketEncryption.ts';
import { getBucketLifecycleConfiguration } from './getBucketLifecycleConfiguration.ts';
import { getBucketLocation } from './getBucketLocation.ts';
import { getBucketNotificationConfiguration } from './getBucketNotificationConfiguration.ts';
import { getBucketOwnershipControls } from './getBucketOwnershipControls.ts';
import { getBucketPolicy } from './getBucketPolicy.ts';
import { getBucketTagging } from './getBucketTagging.ts';
import { getBucketVersioning } from './getBucketVersioning.ts';
import { getObject } from './getObject.ts';
import { getObjectTagging } from './getObjectTagging.ts';
import { getPublicAccessBlock } from './getPublicAccessBlock.ts';
import { headBucket } from './headBucket.ts';
import { headObject } from './headObject.ts';
import { listBuckets } from './listBuckets.ts';
import { listMultipartUploads } from './listMultipartUploads.ts';
import { listObjectVersions } from './listObjectVersions.ts';
import { listObjects } from './listObjects.ts';
import { listObjectsV2 } from './listObjectsV2.ts';
import { listParts } from './listParts.ts';
import { putBucketEncryption } from './putBucketEncryption.ts';
import { putBucketLifecycleConfiguration } from './putBucketLifecycleConfiguration.ts';
import { putBucketNotificationConfiguration } from './putBucketNotificationConfiguration.ts';
import { putBucketOwnershipControls } from './putBucketOwnershipControls.ts';
import { putBucketPolicy } from './putBucketPolicy.ts';
import { putBucketTagging } from './putBucketTagging.ts';
import { putBucketVersioning } from './putBucketVersioning.ts';
import { putObject } from './putObject.ts';
import { putObjectTagging } from './putObjectTagging.ts';
import { putPublicAccessBlock } from './putPublicAccessBlock.ts';
import { uploadPart } from './uploadPart.ts';
import { uploadPartCopy } from './uploadPartCopy.ts';
import { everyMidnight } from './lifecycle.ts';
import { route } from './route.ts';
import { openState, type S3State } from './state.ts';
import type { Service } from '../../operation.ts';

const operations = {
  AbortMultipartUpload: abortMultipartUpload,
  CompleteMultipartUpload: completeMultipartUpload,
  CopyObject: copyObject,
  CreateBucket: createBucket,
  CreateMultipartUpload: createMultipartUpload,
  DeleteBucket: deleteBucket,
  DeleteBucketEncryption: deleteBucketEncryption,
  DeleteBucketLifecycle: deleteBucketLifecycle,
  DeleteBucketOwnershipControls: deleteBucketOwnershipControls,
  DeleteBucketPolicy: deleteBucketPolicy,
  DeleteBucketTagging: deleteBucketTagging,
  DeleteObject: deleteObject,
  DeleteObjectTagging: deleteObjectTagging,
  DeleteObjects: deleteObjects,
  DeletePublicAccessBlock: deletePublicAccessBlock,
  GetBucketEncryption: getBucketEncryption,
  GetBucketLifecycleConfiguration: getBucketLifecycleConfiguration,
  GetBucketLocation: getBucketLocation,
  GetBucketNotificationConfiguration: getBucketNotificationConfiguration,
  GetBucketOwnershipControls: getBucketOwnershipControls,
  GetBucketPolicy: getBucketPolicy,
  GetBucketTagging: getBucketTagging,
  GetBucketVersioning: getBucketVersioning,
  GetObject: getObject,
  GetObjectTagging: getObjectTagging,
  GetPublicAccessBlock: getPublicAccessBlock,
  HeadBucket: headBucket,
  HeadObject: headObject,
  ListBuckets: listBuckets,
  ListMultipartUploads: listMultipartUploads,
  ListObjectVersions: listObjectVersions,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListParts: listParts,
  PutBucketEncryption: putBucketEncryption,
  PutBucketLifecycleConfiguration: putBucketLifecycleConfiguration,
  PutBucketNotificationConfiguration: putBucketNotificationConfiguration,
  PutBucketOwnershipControls: putBucketOwnershipControls,
  PutBucketPolicy: putBucketPolicy,
  PutBucketTagging: putBucketTagging,
  PutBucketVersioning: putBucketVersioning,
  PutObject: putObject,
  PutObjectTagging: putObjectTagging,
  PutPublicAccessBlock: putPublicAccessBlock,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
};

/** The S3 of a runtime. */
export const s3: ServiceFactory = (world): Service<S3State> => {
  const state = openState(world);
  let stopLifecycle = () => {};
  return {
    name: 's3',
    protocol: 'restXml',
    operations,
    state,
    route,
    async start() {
      await state.blobs.sweep();
      state.outbox.deliver();
      stopLifecycle = everyMidnight(world, state);
    },
    stop() {
      stopLifecycle();
      state.outbox.stop();
    },
  };
};
