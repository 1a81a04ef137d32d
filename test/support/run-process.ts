import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Summary } from '../../src/report/summary.ts';

/** The runs of tests are short: what V8 would spend on making their code fast is never earned back. */
export const V8_FLAGS = ['--no-opt', '--liftoff-only'];
const BIN = fileURLToPath(new URL('../../bin/contracts-agg.js', import.meta.url));

export type Environment = Readonly<Record<string, string>>;
export type LogLine = Readonly<Record<string, unknown>>;

export interface ProcessOptions {
  /** All that the program sees of the environment, but for the PATH. */
  readonly env: Environment;
  readonly cwd: string;
  /** How far the program's clock is off the real one. */
  readonly clockShiftMs: number;
  /** How far its clock jumps at each SIGUSR2. @default 0 */
  readonly clockJumpMs?: number;
}

export interface ProcessResult {
  /** Null for a process that a signal ended. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run that ended by itself, with what it said about it. */
export interface FinishedRun extends ProcessResult {
  readonly summary: Summary;
  readonly log: readonly LogLine[];
}

/** Signals that the program handles; SIGUSR2 makes its clock jump. */
export type HandledSignal = 'SIGTERM' | 'SIGINT' | 'SIGUSR2';

/** The program at work, in a process of its own or in that of the test. */
export interface RunningProgram {
  readonly done: Promise<ProcessResult>;
  /** What it has said until now. */
  readonly output: Readonly<Record<'stdout' | 'stderr', string>>;
  kill(signal: HandledSignal): void;
  /** Ends it whatever it is at, and waits for that. */
  stop(): Promise<void>;
}

export interface RunningProcess extends RunningProgram {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
}

/** Starts the real program in a process of its own. */
export function startProcess(args: readonly string[], options: ProcessOptions): RunningProcess {
  const { env, cwd } = options;
  return startCommand([process.execPath, ...nodeArguments(args, options)], { env, cwd });
}

/** Starts any program by its command line. */
export function startCommand(
  [program = '', ...args]: readonly string[],
  { env, cwd }: Pick<ProcessOptions, 'env' | 'cwd'>,
): RunningProcess {
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  const path = process.env['PATH'] ?? '';
  const child = spawn(program, args, { cwd, env: { PATH: path, ...env }, stdio: [...stdio] });
  const output = { stdout: '', stderr: '' };
  const done = finish(child, output);
  return {
    pid: child.pid ?? 0,
    done,
    output,
    kill: (signal) => {
      child.kill(signal);
    },
    stop: async () => {
      child.kill('SIGKILL');
      await done;
    },
  };
}

/** What node is started with. */
export function nodeArguments(args: readonly string[], options: ProcessOptions): string[] {
  const { clockShiftMs, clockJumpMs = 0 } = options;
  return [...V8_FLAGS, '--import', shiftedClock(clockShiftMs, clockJumpMs), BIN, ...args];
}

async function finish(
  child: ChildProcess,
  output: { stdout: string; stderr: string },
): Promise<ProcessResult> {
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  await once(child, 'close');
  return { exitCode: child.exitCode, ...output };
}

/** A module that moves the process' wall clock: hours pass between two runs, or within one. */
function shiftedClock(shiftMs: number, jumpMs: number): string {
  const code = `
    let shiftMs = ${shiftMs};
    process.on('SIGUSR2', () => { shiftMs += ${jumpMs}; });
    globalThis.Date = new Proxy(Date, {
      construct: (D, args, target) =>
        args.length > 0 ? Reflect.construct(D, args, target) : new D(D.now() + shiftMs),
      get: (D, key) => (key === 'now' ? () => D.now() + shiftMs : D[key]),
    });`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** The JSON lines of stderr. */
export function readLog({ stderr }: ProcessResult): LogLine[] {
  const lines = stderr.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as LogLine);
}

/** Checks what every `run --json` promises about its output, and reads its summary. */
export function readRun(result: ProcessResult, secrets: readonly string[]): FinishedRun {
  const summary = readSummary(result);
  const log = readLog(result);
  expect(result.exitCode, result.stderr).toBe(summary.exitCode);
  expect(new Set(log.map((line) => line['runId']))).toEqual(new Set([summary.runId]));
  expect(log.at(-1)).toMatchObject({ msg: 'run finished', summary });
  expectNoSecret(result, secrets);
  return { ...result, summary, log };
}

export function expectNoSecret(result: ProcessResult, secrets: readonly string[]): void {
  for (const secret of secrets) expect(result.stdout + result.stderr).not.toContain(secret);
}

function readSummary({ stdout, stderr }: ProcessResult): Summary {
  try {
    const summary: unknown = JSON.parse(stdout);
    expect(summary).toBeTypeOf('object');
    return summary as Summary;
  } catch (error) {
    throw new Error(`stdout is not one JSON object: "${stdout}"; stderr: ${stderr}`, {
      cause: error,
    });
  }
}
