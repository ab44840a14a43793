/** One runtime per data folder: two would overwrite each other's journal. */
import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../errorCode.ts';

const heldHere = new Set<string>();

/** Start time of a process in clock ticks, which tells a reused process id from the old one; undefined where there is no /proc. */
const startedAt = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses and may contain spaces; start time is field 22.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
};

const holds = (text: string): number | undefined => {
  const [pid = 0, started] = text.trim().split(' ');
  const id = Number(pid);
  if (!Number.isInteger(id) || id <= 0 || id === process.pid || !isAlive(id)) return undefined;
  const now = startedAt(id);
  return started && now && started !== now ? undefined : id;
};

/** The living process, other than this one, that has taken the folder. */
export const holderOf = (dataDir: string): number | undefined => {
  try {
    return holds(readFileSync(join(dataDir, 'lock'), 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

/** Takes the folder, from a dead process too; returns how to give it back. Throws when a living runtime has it. */
export const lockFolder = (dataDir: string): (() => void) => {
  // Roles, environments and keys of functions are kept here.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(realpathSync(dataDir), 'lock');
  const refuse = (pid: number) =>
    new Error(
      `The data folder ${dataDir} is in use by the runtime of process ${pid}: stop that one or choose another folder`,
    );
  if (heldHere.has(file)) throw refuse(process.pid);
  const mine = `${process.pid} ${startedAt(process.pid) ?? ''}\n`;
  try {
    writeFileSync(file, mine, { flag: 'wx' });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    const pid = holds(readFileSync(file, 'utf8'));
    if (pid) throw refuse(pid);
    writeFileSync(file, mine);
  }
  heldHere.add(file);
  return () => {
    heldHere.delete(file);
    rmSync(file, { force: true });
  };
};
