import { firstParty, frameworks, legacyXgboost, type Registry } from './registries.ts';
import { didYouMean } from './nearMiss.ts';

interface Image {
  repository: string;
  tag: string;
  registry: Registry;
}

const sagemakerXgboost = (version: string, tag = version): [string, Image] => [
  version,
  { repository: 'sagemaker-xgboost', tag, registry: frameworks },
];

/** Algorithm → version as a pipeline names it → image. */
const images: Readonly<Record<string, ReadonlyMap<string, Image>>> = {
  'linear-learner': new Map([['1', { repository: 'linear-learner', tag: '1', registry: firstParty }]]),
  xgboost: new Map([
    ['1', { repository: 'xgboost', tag: '1', registry: legacyXgboost }],
    sagemakerXgboost('0.90-1', '0.90-1-cpu-py3'),
    sagemakerXgboost('0.90-2', '0.90-2-cpu-py3'),
    sagemakerXgboost('1.0-1', '1.0-1-cpu-py3'),
    sagemakerXgboost('1.2-1'),
    sagemakerXgboost('1.2-2'),
    sagemakerXgboost('1.3-1'),
    sagemakerXgboost('1.5-1'),
    sagemakerXgboost('1.7-1'),
    sagemakerXgboost('3.0-5'),
    sagemakerXgboost('3.2-0'),
  ]),
};

/** The DNS suffix of ECR by the start of the region's name; every other region is on amazonaws.com. */
const dnsSuffixes: readonly (readonly [string, string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-isof-', 'csp.hci.ic.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
  ['eusc-', 'amazonaws.eu'],
];

const dnsSuffix = (region: string): string =>
  dnsSuffixes.find(([start]) => region.startsWith(start))?.[1] ?? 'amazonaws.com';

const imagesOf = (algorithm: string): ReadonlyMap<string, Image> => {
  const found = Object.hasOwn(images, algorithm) ? images[algorithm] : undefined;
  if (found) return found;
  throw new RangeError(`No image is known for algorithm "${algorithm}".${didYouMean(algorithm, Object.keys(images))}`);
};

/** The versions of an algorithm that have an image, oldest first; RangeError for an unknown algorithm. */
export const versionsOf = (algorithm: string): string[] => [...imagesOf(algorithm).keys()];

/** The ECR repositories by which an image of the algorithm is recognised; RangeError for an unknown algorithm. */
export const repositoriesOf = (algorithm: string): string[] => [
  ...new Set([...imagesOf(algorithm).values()].map(({ repository }) => repository)),
];

/** `{account}.dkr.ecr.{region}.{suffix}/{repository}:{tag}`; RangeError naming the known algorithms, versions or regions. */
export const imageUri = (algorithm: string, region: string, version: string): string => {
  const image = imagesOf(algorithm).get(version);
  if (!image) {
    throw new RangeError(`${algorithm} has no version "${version}".${didYouMean(version, versionsOf(algorithm))}`);
  }
  const account = Object.hasOwn(image.registry, region) ? image.registry[region] : undefined;
  if (account === undefined) {
    const regions = Object.keys(image.registry);
    throw new RangeError(`${algorithm} ${version} has no image in region "${region}".${didYouMean(region, regions)}`);
  }
  return `${account}.dkr.ecr.${region}.${dnsSuffix(region)}/${image.repository}:${image.tag}`;
};
