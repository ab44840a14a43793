/** Where a model that passed the gate can go; each target but `none` is a machine statemachines/deploy<Target>.asl.yml. */
export const targetNames = ['endpoint', 'batch', 'none'] as const;
export type Target = (typeof targetNames)[number];
