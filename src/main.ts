import { randomUUID } from 'node:crypto';
import type { Invocation } from './cli/command.ts';
import { parseArguments } from './cli/program.ts';
import { type Clock, systemClock } from './clock.ts';
import type { CommandContext } from './composition/command-context.ts';
import type { Streams } from './composition/context.ts';
import { reasonOf } from './errors.ts';
import { ForgivingStream } from './terminal/forgiving-stream.ts';
import { ResultStream } from './terminal/result-stream.ts';

/** After a second signal, or when stopping in order takes longer, the process just ends. */
const STOP_TIMEOUT_MS = 25_000;
/** Done, or not all of it. */
const PARTIAL = 1;
const STOPPING = 'stopping: finishing what is in hand';
const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

/** The process: arguments, environment, signals and time in; one exit code out. */
export async function main(proc: NodeJS.Process, clock: Clock = systemClock): Promise<void> {
  // What is written to the disk, by libraries too, is for this user alone.
  proc.umask(0o077);
  const streams: Streams = {
    results: new ResultStream(proc.stdout),
    notices: new ForgivingStream(proc.stderr),
  };
  let invocation: Invocation | undefined;
  let exitCode = 0;
  try {
    invocation = parseArguments(proc.argv.slice(2), (text) => streams.results.write(text));
    if (invocation !== undefined) exitCode = await execute(invocation, proc, streams, clock);
    await streams.results.written();
  } catch (error) {
    const code = await reportError(error, streams, invocation);
    // What ended the command says more than that its words got lost.
    if (exitCode <= PARTIAL) exitCode = code;
  }
  proc.exitCode = exitCode;
}

async function execute(
  invocation: Invocation,
  proc: NodeJS.Process,
  streams: Streams,
  clock: Clock,
): Promise<number> {
  const { createContext } = await import('./composition/context.ts');
  const interrupt = new AbortController();
  const context = await createContext(invocation, proc, streams, clock, interrupt.signal);
  await listen(proc, interrupt, context, invocation.command.onlyReads === true);
  proc.removeAllListeners('warning');
  proc.on('warning', (warning) => context.logger.warn({ warning: warning.message }, warning.name));
  try {
    return await invocation.command.handle(context, invocation.flags);
  } catch (error) {
    return reportError(error, streams, invocation, context);
  }
}

async function listen(
  proc: NodeJS.Process,
  interrupt: AbortController,
  context: CommandContext,
  onlyReads: boolean,
): Promise<void> {
  const { InterruptedError } = await import('./errors.ts');
  const { screen, logger } = context;
  const stop = (reason: unknown, exitCode: number) => {
    if (interrupt.signal.aborted) endAtOnce(exitCode);
    interrupt.abort(reason);
    setTimeout(() => endAtOnce(exitCode), STOP_TIMEOUT_MS).unref();
  };
  const endAtOnce = (exitCode: number) => {
    screen.end(screen.terminal.isTerminal ? 'ended at once\n' : '');
    proc.exit(exitCode);
  };
  for (const [signalName, exitCode] of SIGNALS) {
    proc.on(signalName, () => {
      if (onlyReads) endAtOnce(exitCode);
      if (!interrupt.signal.aborted) announceStop(signalName, context);
      stop(new InterruptedError(signalName), exitCode);
    });
  }
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    proc.on(event, (error: unknown) => {
      logger.fatal({ error }, 'fault of the program');
      screen.end('');
      stop(error, 70);
    });
  }
}

/** Whoever pressed Ctrl-C hears of it at once, at every log level. */
function announceStop(signal: string, { screen, logger }: CommandContext): void {
  if (!screen.terminal.isTerminal) logger.warn({ signal }, STOPPING);
  else
    screen.end(`${STOPPING}${signal === 'SIGINT' ? '; press Ctrl-C again to end at once' : ''}\n`);
}

/** For errors that no command reports itself: usage, settings, reading commands. */
async function reportError(
  error: unknown,
  { notices }: Streams,
  invocation: Invocation | undefined,
  context?: CommandContext,
): Promise<number> {
  const { endOfError } = await import('./report/exit-code.ts');
  const { explainFailure } = await import('./report/explain-failure.ts');
  const { createLogger, redact } = await import('./terminal/logging.ts');
  const { exitCode } = endOfError(error);
  const message = context === undefined ? reasonOf(error) : explainFailure(error, context.config);
  const secrets = context?.secrets ?? [];
  // What a quiet run says goes into a mail.
  if (notices.isTTY || invocation?.isQuiet) {
    notices.write(`error: ${redact(message, secrets)}\n`);
    return exitCode;
  }
  const logger = createLogger({
    level: 'info',
    runId: randomUUID(),
    pretty: false,
    secrets,
    write: (line) => notices.write(line),
  });
  logger.fatal(exitCode === 70 ? { error } : {}, message);
  return exitCode;
}
