/** What is checked of a Map state besides its own fields: how its items are processed, where they come from and where results go. */
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { QueryLanguage } from '../machine.ts';
import type { Report } from './diagnostic.ts';

/** Fields that only a distributed Map knows. */
const distributedOnly = ['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label'];

const oneOf = (value: Json | undefined, known: readonly string[], at: string, report: Report) => {
  if (value !== undefined && !(typeof value === 'string' && known.includes(value)))
    report(at, `Value is not one of: [${known.join(', ')}]`);
};

const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

const checkLabel = (label: Json | undefined, at: string, report: Report) => {
  if (label === undefined) return;
  const good =
    typeof label === 'string' && label.length >= 1 && label.length <= 40 && !/[\s?*<>{}[\]:;,\\|^~$#%&`"]/.test(label);
  if (!good)
    report(
      at,
      'Label must be a text of 1 to 40 characters without white space, wildcards, brackets or special characters',
    );
};

const checkReader = (reader: JsonObject, at: string, report: Report) => {
  oneOf(
    reader['Resource'],
    ['arn:aws:states:::s3:getObject', 'arn:aws:states:::s3:listObjectsV2'],
    `${at}/Resource`,
    report,
  );
  if (reader['Resource'] === undefined) report(at, 'These fields are required: [Resource]');
  const config = object(reader['ReaderConfig']);
  const place = `${at}/ReaderConfig`;
  oneOf(config['InputType'], ['CSV', 'JSON', 'JSONL', 'PARQUET', 'MANIFEST'], `${place}/InputType`, report);
  oneOf(config['ManifestType'], ['S3_INVENTORY', 'ATHENA_DATA'], `${place}/ManifestType`, report);
  oneOf(config['CSVHeaderLocation'], ['FIRST_ROW', 'GIVEN'], `${place}/CSVHeaderLocation`, report);
  oneOf(config['CSVDelimiter'], ['COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB'], `${place}/CSVDelimiter`, report);
  oneOf(config['Transformation'], ['NONE', 'LOAD_AND_FLATTEN'], `${place}/Transformation`, report);
  if (config['CSVHeaderLocation'] === 'GIVEN' && !Array.isArray(config['CSVHeaders']))
    report(place, "The field 'CSVHeaders' is required but was missing");
};

const checkWriter = (writer: JsonObject, at: string, report: Report) => {
  if (writer['Resource'] === undefined && writer['WriterConfig'] === undefined)
    report(at, 'One of these fields is required: [Resource, WriterConfig]');
  oneOf(writer['Resource'], ['arn:aws:states:::s3:putObject'], `${at}/Resource`, report);
  const config = object(writer['WriterConfig']);
  oneOf(config['OutputType'], ['JSON', 'JSONL'], `${at}/WriterConfig/OutputType`, report);
  oneOf(config['Transformation'], ['NONE', 'COMPACT', 'FLATTEN'], `${at}/WriterConfig/Transformation`, report);
};

/** Reports what a Map state could not run with. */
export const checkMap = (state: JsonObject, at: string, language: QueryLanguage, report: Report) => {
  const field = state['ItemProcessor'] === undefined ? 'Iterator' : 'ItemProcessor';
  const config = object(object(state[field])['ProcessorConfig']);
  const place = `${at}/${field}/ProcessorConfig`;
  oneOf(config['Mode'], ['INLINE', 'DISTRIBUTED'], `${place}/Mode`, report);
  oneOf(config['ExecutionType'], ['STANDARD', 'EXPRESS'], `${place}/ExecutionType`, report);
  const distributed = config['Mode'] === 'DISTRIBUTED';
  if (distributed && config['ExecutionType'] === undefined)
    report(place, "The field 'ExecutionType' is required but was missing");
  for (const only of distributedOnly) {
    if (!distributed && state[only] !== undefined)
      report(`${at}/${only}`, `Field '${only}' is only supported in DISTRIBUTED mode`);
  }
  const other = language === 'JSONata' ? 'Parameters' : 'Arguments';
  for (const part of ['ItemReader', 'ResultWriter']) {
    if (object(state[part])[other] !== undefined)
      report(`${at}/${part}/${other}`, `Field '${other}' is not supported with QueryLanguage '${language}'`);
  }
  checkLabel(state['Label'], `${at}/Label`, report);
  if (isObject(state['ItemReader'])) checkReader(state['ItemReader'], `${at}/ItemReader`, report);
  if (isObject(state['ResultWriter'])) checkWriter(state['ResultWriter'], `${at}/ResultWriter`, report);
};
