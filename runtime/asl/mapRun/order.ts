/** What a distributed Map state asks for: worked out by the pure step, carried out by runMap.ts. All of it is plain JSON. */
import type { Json, JsonObject } from '../json.ts';

export interface MapRunOrder {
  arn: string;
  /** Last part of the ARN; names the folder of the results. */
  name: string;
  label: string;
  /** Where the states of the children stand in the machine of the execution. */
  scope: string;
  type: 'STANDARD' | 'EXPRESS';
  /** Undefined with an ItemReader. */
  items: Json[] | undefined;
  /** Names of the items where they are the members of an object. */
  keys?: string[];
  reader: ReaderOrder | undefined;
  batcher: BatcherOrder | undefined;
  writer: WriterOrder | undefined;
  limits: MapRunLimits;
  /** Set when the run is redriven: for which time, and when (epoch ms). */
  redrive?: { count: number; at: number };
}

/** What UpdateMapRun can change. */
export interface MapRunLimits {
  /** 0: as many as a map run may have. */
  maxConcurrency: number;
  toleratedFailureCount: number;
  toleratedFailurePercentage: number;
}

export interface ReaderOrder {
  action: string;
  /** Bucket, Key, Prefix, … */
  parameters: JsonObject;
  /** ReaderConfig as written. */
  config: JsonObject;
  /** 0: all of them. */
  maxItems: number;
}

export interface BatcherOrder {
  /** 0: no limit. */
  maxItems: number;
  maxBytes: number;
  input: Json | undefined;
}

export interface WriterOrder {
  /** Undefined: the results become the output of the state. */
  destination: { bucket: string; prefix: string } | undefined;
  lines: boolean;
  transformation: 'NONE' | 'COMPACT' | 'FLATTEN';
}
