/**
 * What an algorithm of the catalogue is: a `Manifest` (pure data and pure functions, bundled into Lambdas) and a `Trainer`
 * (the local stand-in for the algorithm's container, loaded only by worker threads of the runtime).
 */

/** The three kinds of supervised problem a pipeline can pose. */
export type Problem = 'binary' | 'multiclass' | 'regression';

/** One hyperparameter as SageMaker documents it. Values are typed here; on the wire every value is a string. */
export interface Hyperparameter {
  name: string;
  type: 'integer' | 'float' | 'categorical' | 'string' | 'boolean';
  /** `conditional` is explained by `requiredWhen`. */
  required: boolean | 'conditional';
  requiredWhen?: string;
  default?: string | number | boolean | null;
  min?: number;
  max?: number;
  minExclusive?: boolean;
  maxExclusive?: boolean;
  /** The allowed values of a categorical. */
  values?: readonly (string | number | boolean)[];
  /** Literal strings accepted besides the type, such as `auto`. */
  alsoAccepts?: readonly string[];
  tunable: boolean;
  /** The local trainer honours it. A false one fails the local job with a message that says so; it is never ignored. */
  local: boolean;
}

/** A metric the container prints, with the regex by which SageMaker scrapes it from the log. */
export interface MetricDefinition {
  name: string;
  goal: 'Minimize' | 'Maximize';
  regex: string;
}

/** What is known of the training data when hyperparameters are completed. */
export interface DataFacts {
  problem: Problem;
  /** Rows of the train split. */
  rows: number;
  /** Feature columns after preparation. */
  features: number;
  /** Classes in label order (0..n-1), with the number of train rows of each; absent for regression. */
  classCounts?: readonly number[];
  /** How much the rows of each class are to count, in label order; absent when all count alike. */
  classWeights?: {
    /** Every class counts as much as the others. */
    balanced: boolean;
    byClass: readonly number[];
  };
}

/** What a model answered for one row: a regression value, P(class 1), or one probability per class. */
export type Score = number | readonly number[];

/** What all splits on one feature gained together, in units of the training loss, and how many they are. */
export interface SplitGain {
  gain: number;
  splits: number;
}

export interface Manifest {
  /** The name used in pipeline files, image repositories and the documentation: `xgboost`, `linear-learner`. */
  name: string;
  title: string;
  problems: readonly Problem[];
  /** Image tag used when the pipeline names none. */
  version: string;
  versions: readonly string[];
  /** `{account}.dkr.ecr.{region}.{suffix}/{repository}:{tag}`; throws RangeError naming the known regions or versions. */
  imageUri(region: string, version?: string): string;
  /** ECR repositories by which the runtime recognises the image. */
  repositories: readonly string[];
  channels: readonly { name: string; required: boolean; contentTypes: readonly string[] }[];
  /** Whether a row's weight, where classes are weighed, stands in the second column of every channel. */
  weightColumn?: boolean;
  hyperparameters: readonly Hyperparameter[];
  metrics: readonly MetricDefinition[];
  /**
   * The user's hyperparameters completed with what the problem needs (objective, class count, `auto` values), as strings for
   * the wire. `given` has been validated by `checkHyperparameters`. Throws RangeError for what contradicts the data or cannot be
   * done, such as class weights that the algorithm does not know.
   */
  complete(given: Readonly<Record<string, string>>, data: DataFacts): Record<string, string>;
  /** How raw answers of the container are asked for and read. */
  inference: {
    contentType: 'text/csv';
    accept: string;
    /** One Score per row of the request; throws Error when the body does not have the documented shape. */
    parse(body: string, problem: Problem): Score[];
  };
  /** Models of trees: the file of model.tar.gz that holds them. */
  trees?: {
    file: string;
    /** By feature, from 0 on; features that no split uses are absent. Throws RangeError saying why the file is not understood. */
    read(bytes: Uint8Array): Map<number, SplitGain>;
  };
}

/** The folders of the container contract, under one root (`/opt/ml` on SageMaker). */
export interface TrainingFolders {
  /** `input/data/<channel>`: headerless label-first CSV files. */
  channels: Readonly<Record<string, string>>;
  /** `model`: what is written here becomes model.tar.gz. */
  model: string;
}

export interface TrainingJob extends TrainingFolders {
  /** Validated strings, as in hyperparameters.json. */
  hyperparameters: Readonly<Record<string, string>>;
  /** Writes one line to the job's log, from which metrics are scraped. */
  log(line: string): void;
  /** True once the job was asked to stop: a trainer looks between rounds and leaves the model it has so far. */
  stopping(): boolean;
}

/** A loaded model that answers requests as the algorithm's container does. */
export interface Predictor {
  /** `body` is the request; the answer has the documented shape for `accept`. Throws ClientError on a malformed request. */
  invoke(body: string, contentType: string, accept: string): { contentType: string; body: string };
}

/** The local stand-in for the algorithm's container. */
export interface Trainer {
  /** Trains to completion. Throws ClientError (the user's data or settings) or AlgorithmError (the training code). */
  train(job: TrainingJob): Promise<void> | void;
  /** Reads the folder into which model.tar.gz was unpacked. */
  load(modelFolder: string): Promise<Predictor> | Predictor;
}

/** SageMaker's own prefix for a mistake of the caller: bad data, bad hyperparameter, bad request. */
export class ClientError extends Error {
  override name = 'ClientError';
  /** The status with which a serving container answers. */
  readonly status: 400 | 406 | 415;

  /** `status`: 415 for a content type the algorithm does not read, 406 for an accept it does not write, otherwise 400. */
  constructor(message: string, options: ErrorOptions & { status?: 400 | 406 | 415 } = {}) {
    super(message, options);
    this.status = options.status ?? 400;
  }
}

/** SageMaker's own prefix for a fault of the training or serving code. */
export class AlgorithmError extends Error {
  override name = 'AlgorithmError';
}
