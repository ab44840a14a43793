/** Every service of the runtime. What a service cannot know, the containers that play images, is given by who opens it. */
import type { ServiceFactory } from '../operation.ts';
import { events } from './events/index.ts';
import { iam } from './iam/index.ts';
import { sts } from './sts/index.ts';

export const allServices = (_options: { containers: (image: string) => unknown }): ServiceFactory[] => [events, iam, sts];
