import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { systemClock } from '../../src/clock.ts';
import { main } from '../../src/main.ts';
import type {
  HandledSignal,
  ProcessOptions,
  ProcessResult,
  RunningProgram,
} from './run-process.ts';

/**
 * Runs the program in this process, which starts faster than one of its own: all but node's start is
 * the same.
 */
export function runHere(args: readonly string[], options: ProcessOptions): RunningProgram {
  const { cwd, env, clockJumpMs = 0 } = options;
  const output = { stdout: '', stderr: '' };
  const proc = standIn(args, env, output);
  let shiftMs = options.clockShiftMs;
  const clock = { ...systemClock, now: () => new Date(Date.now() + shiftMs) };
  const done = new Promise<ProcessResult>((resolve, reject) => {
    const end = (exitCode: number) => resolve({ exitCode, ...output });
    proc.exit = end;
    inSurroundings(cwd, () => main(proc as unknown as NodeJS.Process, clock))
      .then(() => end(proc.exitCode))
      .catch(reject);
  });
  const kill = (signal: HandledSignal) => {
    if (signal === 'SIGUSR2') shiftMs += clockJumpMs;
    else proc.emit(signal);
  };
  const stop = async () => {
    proc.emit('SIGTERM');
    await done;
  };
  return { output, done, kill, stop };
}

/** What the program sees of its process. */
function standIn(
  args: readonly string[],
  env: ProcessOptions['env'],
  output: { stdout: string; stderr: string },
) {
  const stream = (name: keyof typeof output) => ({
    on: () => undefined,
    write: (text: string, written?: () => void) => {
      output[name] += text;
      written?.();
      return true;
    },
  });
  return Object.assign(new EventEmitter(), {
    argv: ['node', 'contracts-agg', ...args],
    env: { PATH: process.env['PATH'], ...env },
    stdin: Readable.from([]),
    umask: (mask: number) => process.umask(mask),
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    exitCode: 0,
    exit: (_code: number): void => undefined,
  });
}

let programs = 0;
let outside = { folder: '', umask: 0 };

/** Gives this process back its folder and umask when the last of its programs has ended. */
async function inSurroundings(folder: string, work: () => Promise<void>): Promise<void> {
  if (programs === 0) outside = { folder: process.cwd(), umask: process.umask() };
  programs += 1;
  process.chdir(folder);
  try {
    await work();
  } finally {
    programs -= 1;
    if (programs === 0) {
      process.chdir(outside.folder);
      process.umask(outside.umask);
    }
  }
}
