import * as z from 'zod';
import { pipelineName } from '../../spec/pipeline.ts';

/** The variable of `/pipelines/{name}`. */
export const pipelineParams = z.strictObject({ name: pipelineName });
