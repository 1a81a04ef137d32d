import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import dotenv from 'dotenv';
import type { Invocation } from '../cli/command.ts';
import type { Clock } from '../clock.ts';
import { type Config, type InspectedConfig, inspectConfig } from '../config/config.ts';
import { secretsOf } from '../config/secrets.ts';
import { ConfigError, codeOf, reasonOf } from '../errors.ts';
import type { ForgivingStream } from '../terminal/forgiving-stream.ts';
import { openLogFile } from '../terminal/log-file.ts';
import { createLogger } from '../terminal/logging.ts';
import type { ResultStream } from '../terminal/result-stream.ts';
import { Screen } from '../terminal/screen.ts';
import type { CommandContext } from './command-context.ts';
import { systemAdapters } from './system-adapters.ts';

/** Where a command's words go. */
export interface Streams {
  readonly results: ResultStream;
  /** For log and progress. */
  readonly notices: ForgivingStream;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Settings, logger and clock of one command.
 *
 * @throws ConfigError with every fault of the settings, unless the command is one that tells them
 */
export async function createContext(
  invocation: Invocation,
  proc: Pick<NodeJS.Process, 'env'>,
  { results, notices }: Streams,
  clock: Clock,
  interrupt: AbortSignal,
): Promise<CommandContext> {
  const { config, faults } = await readSettings(invocation, proc.env);
  const isFaulty = faults.length > 0 && !invocation.command.acceptsFaultySettings;
  if (isFaulty) throw new ConfigError(faults);
  const secrets = secretsOf(config, proc.env);
  const runId = randomUUID();
  const screen = new Screen(notices, proc.env);
  const { isTerminal, hasColors } = screen.terminal;
  const toScreen = (line: string) => screen.write(line);
  const logger = createLogger({
    level: levelOf(config, invocation),
    runId,
    pretty: isTerminal && config.LOG_FILE === undefined,
    hasColors,
    secrets,
    write: config.LOG_FILE === undefined ? toScreen : openLogFile(config.LOG_FILE, toScreen),
  });
  return {
    config,
    settingFaults: faults,
    secrets,
    logger,
    clock,
    random: Math.random,
    environment: proc.env,
    runId,
    interrupt,
    adapters: systemAdapters,
    stdout: results,
    screen,
  };
}

async function readSettings(
  { command, settings, envFile }: Invocation,
  environment: Environment,
): Promise<InspectedConfig> {
  try {
    return inspectConfig(settings, environment, await readEnvFile(envFile));
  } catch (error) {
    if (!(error instanceof ConfigError) || !command.acceptsFaultySettings) throw error;
    const { config, faults } = inspectConfig(settings, environment);
    return { config, faults: [...error.faults, ...faults] };
  }
}

/** Without a file for it, the log of a quiet run would be all that it says. */
function levelOf(config: Config, { isQuiet, settings }: Invocation) {
  const isUnwanted = isQuiet && config.LOG_FILE === undefined && settings.LOG_LEVEL === undefined;
  return isUnwanted ? 'fatal' : config.LOG_LEVEL;
}

async function readEnvFile(path: string | undefined): Promise<Record<string, string>> {
  try {
    return dotenv.parse(await readFile(path ?? '.env'));
  } catch (error) {
    const isMissing = codeOf(error) === 'ENOENT';
    if (isMissing && path === undefined) return {};
    throw new ConfigError([`--env-file: cannot be read: ${reasonOf(error)}`], { cause: error });
  }
}
