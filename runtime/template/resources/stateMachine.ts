import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone, unlessThere } from './gone.ts';
import { tags } from './tags.ts';

const properties = z.strictObject({
  StateMachineName: z.string().optional(),
  StateMachineType: z.enum(['STANDARD', 'EXPRESS']).optional(),
  RoleArn: z.string(),
  Definition: z.record(z.string(), z.unknown()).optional(),
  DefinitionString: z.string().optional(),
  DefinitionSubstitutions: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  LoggingConfiguration: z
    .strictObject({
      Level: z.string().optional(),
      IncludeExecutionData: z.boolean().optional(),
      Destinations: z
        .array(z.strictObject({ CloudWatchLogsLogGroup: z.strictObject({ LogGroupArn: z.string() }) }))
        .optional(),
    })
    .optional(),
  TracingConfiguration: z.strictObject({ Enabled: z.boolean().optional() }).optional(),
  Tags: tags,
});

/** AWS::StepFunctions::StateMachine */
export const stateMachine = resourceType({
  properties,
  async apply(given, { world, call, defaultName }) {
    const name = given.StateMachineName ?? defaultName(80);
    const stateMachineArn = `arn:${world.partition}:states:${world.region}:${world.accountId}:stateMachine:${name}`;
    const definition = substituted(
      given.DefinitionString ?? JSON.stringify(given.Definition),
      given.DefinitionSubstitutions,
    );
    const roleArn = given.RoleArn;
    const { Level, IncludeExecutionData, Destinations } = given.LoggingConfiguration ?? {};
    const loggingConfiguration = {
      level: Level ?? 'OFF',
      includeExecutionData: IncludeExecutionData ?? false,
      ...(Destinations && {
        destinations: Destinations.map(({ CloudWatchLogsLogGroup: { LogGroupArn } }) => ({
          cloudWatchLogsLogGroup: { logGroupArn: LogGroupArn },
        })),
      }),
    };
    const created = await unlessThere(['StateMachineAlreadyExists'], () =>
      call('states', 'CreateStateMachine', {
        name,
        definition,
        roleArn,
        ...(given.LoggingConfiguration && { loggingConfiguration }),
        type: given.StateMachineType ?? 'STANDARD',
      }),
    );
    if (!created)
      await call('states', 'UpdateStateMachine', { stateMachineArn, definition, roleArn, loggingConfiguration });
    return { ref: stateMachineArn, attributes: { Arn: stateMachineArn, Name: name } };
  },
  remove: ({ ref }, { call }) => unlessGone(() => call('states', 'DeleteStateMachine', { stateMachineArn: ref })),
});

/** `${name}` for every substitution that is given; other `${…}` stay, as on AWS. */
const substituted = (definition: string, substitutions: z.infer<typeof properties>['DefinitionSubstitutions']) =>
  definition.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) =>
    // The value goes into a JSON string.
    Object.hasOwn(substitutions, name) ? JSON.stringify(String(substitutions[name])).slice(1, -1) : whole,
  );
