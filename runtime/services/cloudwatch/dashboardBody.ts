/** Whether a dashboard's body is one: the outer structure of "Dashboard body structure and syntax". */
import * as z from 'zod';

const widget = z.looseObject({
  type: z.enum(['alarm', 'custom', 'explorer', 'log', 'metric', 'text']),
  x: z.int().min(0).max(23).optional(),
  y: z.int().min(0).optional(),
  width: z.int().min(1).max(24).optional(),
  height: z.int().min(1).max(1000).optional(),
  properties: z.looseObject({}).optional(),
});

const body = z.looseObject({ widgets: z.array(widget).max(500) });

export interface DashboardProblem {
  DataPath: string;
  Message: string;
}

/** What is wrong with it, by path; nothing for a body that may be kept. */
export const dashboardProblems = (text: string): DashboardProblem[] => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [{ DataPath: '/', Message: 'The field DashboardBody must be a valid JSON object' }];
  }
  const result = body.safeParse(parsed);
  return (result.error?.issues ?? []).map(({ path, message }) => ({
    DataPath: `/${path.join('/')}`,
    Message: message,
  }));
};
