import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import dotenv from 'dotenv';
import type { CommonFlags } from '../cli/flags.ts';
import type { Invocation, RunFlags } from '../cli/program.ts';
import { systemClock } from '../clock.ts';
import { type Config, type InspectedConfig, inspectConfig } from '../config/config.ts';
import { secretsOf } from '../config/secrets.ts';
import { ConfigError, reasonOf } from '../errors.ts';
import { openLogFile } from '../terminal/log-file.ts';
import { createLogger } from '../terminal/logging.ts';
import { Screen } from '../terminal/screen.ts';
import type { CommandContext } from './command-context.ts';
import { systemAdapters } from './system-adapters.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type SettingFlags = CommonFlags & Pick<RunFlags, 'metricsFile' | 'pingUrl' | 'quiet'>;

/**
 * Settings, logger and clock of one command.
 *
 * @throws ConfigError with every fault of the settings, but for `doctor`, which tells them
 */
export async function createContext(
  { command, flags }: Invocation,
  proc: NodeJS.Process,
  interrupt: AbortSignal,
): Promise<CommandContext> {
  const { config, faults } = await readSettings(command, flags, proc.env);
  if (faults.length > 0 && command !== 'doctor') throw new ConfigError(faults);
  const secrets = secretsOf(config, proc.env);
  const runId = randomUUID();
  const screen = new Screen(proc.stderr, proc.env);
  const { isTerminal, hasColors } = screen.terminal;
  const toScreen = (line: string) => screen.write(line);
  const logger = createLogger({
    level: levelOf(config, flags),
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
    clock: systemClock,
    random: Math.random,
    environment: proc.env,
    runId,
    interrupt,
    adapters: systemAdapters,
    stdout: proc.stdout,
    screen,
  };
}

async function readSettings(
  command: Invocation['command'],
  flags: SettingFlags,
  environment: Environment,
): Promise<InspectedConfig> {
  const fromFlags = {
    LOG_LEVEL: flags.logLevel,
    LOG_FILE: flags.logFile,
    METRICS_FILE: flags.metricsFile,
    PING_URL: flags.pingUrl,
  };
  try {
    return inspectConfig(fromFlags, environment, await readEnvFile(flags.envFile));
  } catch (error) {
    if (!(error instanceof ConfigError) || command !== 'doctor') throw error;
    const { config, faults } = inspectConfig(fromFlags, environment);
    return { config, faults: [...error.faults, ...faults] };
  }
}

/** Without a file for it, the log of a quiet run would be all that it says. */
function levelOf(config: Config, { quiet, logLevel }: SettingFlags) {
  const isUnwanted = quiet && config.LOG_FILE === undefined && logLevel === undefined;
  return isUnwanted ? 'fatal' : config.LOG_LEVEL;
}

async function readEnvFile(path: string | undefined): Promise<Record<string, string>> {
  try {
    return dotenv.parse(await readFile(path ?? '.env'));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing && path === undefined) return {};
    throw new ConfigError([`--env-file: cannot be read: ${reasonOf(error)}`], { cause: error });
  }
}
