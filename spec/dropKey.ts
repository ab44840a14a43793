/** What an object under drop/, or under score/, is, by its key alone. EventBridge tells keys as they are: nothing is percent-encoded. */
import { pipelineName, type Pipeline } from './pipeline.ts';

/** `object` is a file of rows; the other two close a set: everything under the marker's folder, or what the manifest names. */
export interface Drop {
  pipeline: string;
  kind: 'object' | 'success' | 'manifest';
}

export const successMarker = '_SUCCESS';

/** Names beginning with `.` or `_`, and all that lies in folders of such names, are not data, as everywhere around S3. */
export const isData = (path: string) => !path.endsWith('/') && !path.split('/').some((name) => /^[._]/.test(name));

/** The drop that a key stands for, or why it stands for none. */
export const dropOf = (key: string, home: 'drop' | 'score' = 'drop'): Drop | { ignored: string } => {
  const [root, pipeline = '', ...path] = key.split('/');
  const name = path.at(-1);
  if (root !== home || name === undefined || !pipelineName.safeParse(pipeline).success)
    return { ignored: `a drop belongs to ${home}/<pipeline>/<file>` };
  if (name === '') return { ignored: 'a folder is no drop' };
  if (path.some((part) => part === '..' || part === '.'))
    return { ignored: 'a key with . or .. in its path is read differently by different tools' };
  if (name === successMarker && isData(path.slice(0, -1).join('/'))) return { pipeline, kind: 'success' };
  if (!isData(path.join('/'))) return { ignored: 'names beginning with . or _ are not data' };
  return { pipeline, kind: name.endsWith('.manifest') ? 'manifest' : 'object' };
};

/** A manifest is no data, so that it can start a run wherever it is not one marker that does. */
export const startsOn: Record<Pipeline['trigger']['on'], readonly Drop['kind'][]> = {
  object: ['object', 'manifest'],
  success: ['success'],
  manifest: ['manifest'],
};
