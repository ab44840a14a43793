/** What is checked of a Map state besides its own fields: how its items are processed, where they come from and where results go. */
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { QueryLanguage } from '../machine.ts';
import type { Report } from './diagnostic.ts';
import { checkEnum, checkKnown, checkNumber, checkOnlyOne, checkRequired, otherLanguage } from './values.ts';

/** Fields that only a distributed Map knows. */
const distributedOnly = ['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label'];

/** Fields of a Map state's parts that say the same in one language each. */
const sameInJsonPath: Readonly<Record<string, readonly string[]>> = {
  ItemReader: ['Parameters'],
  ResultWriter: ['Parameters'],
  ItemBatcher: ['MaxItemsPerBatchPath', 'MaxInputBytesPerBatchPath'],
};

/** Fields of what a Map state holds, in both languages. */
export const partFields = {
  ProcessorConfig: new Set(['Mode', 'ExecutionType']),
  ItemReader: new Set(['Resource', 'Parameters', 'Arguments', 'ReaderConfig']),
  ReaderConfig: new Set([
    'InputType',
    'ManifestType',
    'CSVHeaderLocation',
    'CSVHeaders',
    'CSVDelimiter',
    'ItemsPointer',
    'MaxItems',
    'MaxItemsPath',
    'Transformation',
  ]),
  ItemBatcher: new Set([
    'BatchInput',
    'MaxItemsPerBatch',
    'MaxItemsPerBatchPath',
    'MaxInputBytesPerBatch',
    'MaxInputBytesPerBatchPath',
  ]),
  ResultWriter: new Set(['Resource', 'Parameters', 'Arguments', 'WriterConfig']),
  WriterConfig: new Set(['OutputType', 'Transformation']),
} as const;

const longestLabel = 40;

const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

const checkLabel = (label: Json | undefined, at: string, report: Report) => {
  if (label === undefined) return;
  if (typeof label !== 'string') report(at, 'Expected value of type String');
  else if (label.length > longestLabel)
    report(
      at,
      `Invalid Label name: Label '${label}' exceeds the ${longestLabel}-character limit allowed by the service`,
      'INVALID_LABEL_NAME',
    );
  else if (label === '' || /[\s?*<>{}[\]:;,\\|^~$#%&`"]/.test(label))
    report(at, `Invalid Label name: ${label}`, 'INVALID_LABEL_NAME');
};

const checkResource = (part: JsonObject, known: readonly string[], at: string, report: Report) => {
  const resource = part['Resource'];
  const name = typeof resource === 'string' ? /^arn:[^:]+:states:::s3:(\w+)$/.exec(resource)?.[1] : undefined;
  if (resource !== undefined && (name === undefined || !known.includes(name)))
    report(`${at}/Resource`, "The field 'Resource' does not match any of the allowed values");
};

const checkReader = (reader: JsonObject, at: string, language: QueryLanguage, report: Report) => {
  checkKnown(reader, partFields.ItemReader, at, report);
  checkRequired(reader, ['Resource'], at, report);
  checkResource(reader, ['getObject', 'listObjectsV2'], at, report);
  const config = object(reader['ReaderConfig']);
  const place = `${at}/ReaderConfig`;
  checkKnown(config, partFields.ReaderConfig, place, report);
  const { InputType: type, CSVHeaderLocation: header } = config;
  checkEnum(type, ['CSV', 'JSON', 'JSONL', 'PARQUET', 'MANIFEST'], `${place}/InputType`, report);
  checkEnum(config['ManifestType'], ['S3_INVENTORY', 'ATHENA_DATA'], `${place}/ManifestType`, report);
  checkEnum(header, ['FIRST_ROW', 'GIVEN'], `${place}/CSVHeaderLocation`, report);
  checkEnum(config['CSVDelimiter'], ['COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB'], `${place}/CSVDelimiter`, report);
  checkEnum(config['Transformation'], ['NONE', 'LOAD_AND_FLATTEN'], `${place}/Transformation`, report);
  checkNumber(config['MaxItems'], { least: 0, most: 100_000_000 }, `${place}/MaxItems`, report, language);
  checkOnlyOne(config, ['MaxItems', 'MaxItemsPath'], false, place, report);
  if (language === 'JSONata' && config['MaxItemsPath'] !== undefined)
    otherLanguage('MaxItemsPath', language, place, report);
  if (type === 'CSV' && header === undefined && config['Transformation'] === undefined)
    report(place, "The field 'CSVHeaderLocation' is required but was missing");
  if (type === 'JSON' && header !== undefined) report(place, "Field 'CSVHeaderLocation' is not supported");
  if (header === 'GIVEN') checkRequired(config, ['CSVHeaders'], place, report);
};

const checkBatcher = (batcher: JsonObject, at: string, language: QueryLanguage, report: Report) => {
  checkKnown(batcher, partFields.ItemBatcher, at, report);
  for (const field of ['MaxItemsPerBatch', 'MaxInputBytesPerBatch']) {
    checkNumber(batcher[field], { least: 0 }, `${at}/${field}`, report, language);
    checkOnlyOne(batcher, [field, `${field}Path`], false, at, report);
  }
};

const checkWriter = (writer: JsonObject, at: string, report: Report) => {
  checkKnown(writer, partFields.ResultWriter, at, report);
  if (writer['Resource'] === undefined && writer['WriterConfig'] === undefined)
    checkRequired(writer, ['Resource'], at, report);
  checkResource(writer, ['putObject'], at, report);
  const config = object(writer['WriterConfig']);
  checkKnown(config, partFields.WriterConfig, `${at}/WriterConfig`, report);
  checkEnum(config['OutputType'], ['JSON', 'JSONL'], `${at}/WriterConfig/OutputType`, report);
  checkEnum(config['Transformation'], ['NONE', 'COMPACT', 'FLATTEN'], `${at}/WriterConfig/Transformation`, report);
};

const checkProcessor = (processor: JsonObject, at: string, report: Report): boolean => {
  const config = object(processor['ProcessorConfig']);
  const place = `${at}/ProcessorConfig`;
  const distributed = config['Mode'] === 'DISTRIBUTED';
  checkKnown(config, partFields.ProcessorConfig, place, report);
  checkEnum(config['Mode'], ['INLINE', 'DISTRIBUTED'], `${place}/Mode`, report);
  checkEnum(config['ExecutionType'], ['STANDARD', 'EXPRESS'], `${place}/ExecutionType`, report);
  if (distributed) checkRequired(config, ['ExecutionType'], place, report);
  else if (config['ExecutionType'] !== undefined) report(place, "Field 'ExecutionType' is not supported");
  return distributed;
};

/** Reports what a Map state could not run with. */
export const checkMap = (state: JsonObject, at: string, language: QueryLanguage, report: Report) => {
  const field = state['ItemProcessor'] === undefined ? 'Iterator' : 'ItemProcessor';
  const processor = state[field];
  if (processor !== undefined && !isObject(processor)) report(`${at}/${field}`, 'Expected value of type Object');
  const distributed = checkProcessor(object(processor), `${at}/${field}`, report);
  for (const only of distributedOnly) {
    if (!distributed && state[only] !== undefined)
      report(`${at}/${only}`, `Field '${only}' is only supported in DISTRIBUTED mode`);
  }
  for (const [part, fields] of Object.entries(sameInJsonPath)) {
    const inside = object(state[part]);
    for (const it of language === 'JSONata' ? fields : ['Arguments'])
      if (inside[it] !== undefined) otherLanguage(it, language, `${at}/${part}`, report);
  }
  checkLabel(state['Label'], `${at}/Label`, report);
  if (isObject(state['ItemReader'])) checkReader(state['ItemReader'], `${at}/ItemReader`, language, report);
  if (isObject(state['ItemBatcher'])) checkBatcher(state['ItemBatcher'], `${at}/ItemBatcher`, language, report);
  if (isObject(state['ResultWriter'])) checkWriter(state['ResultWriter'], `${at}/ResultWriter`, report);
};
