import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import dotenv from 'dotenv';
import type { CommonFlags, RunFlags } from './cli.ts';
import { systemClock } from './clock.ts';
import type { CommandContext } from './composition/command-context.ts';
import { systemAdapters } from './composition/system-adapters.ts';
import { type Config, parseConfig } from './config.ts';
import { ConfigError } from './errors.ts';
import { openLogFile } from './log-file.ts';
import { createLogger } from './logging.ts';
import { Screen } from './screen.ts';
import { secretsOf } from './secrets.ts';
import { shardName } from './sharding/shard.ts';

/**
 * Settings, logger and clock of one command.
 *
 * @throws ConfigError with every fault of the settings
 */
export async function createContext(
  flags: CommonFlags & Pick<RunFlags, 'shard' | 'metricsFile' | 'pingUrl' | 'quiet'>,
  proc: NodeJS.Process,
  interrupt: AbortSignal,
): Promise<CommandContext> {
  const file = await readEnvFile(flags.envFile);
  const fromFlags = {
    LOG_LEVEL: flags.logLevel,
    LOG_FILE: flags.logFile,
    SHARD: flags.shard,
    METRICS_FILE: flags.metricsFile,
    PING_URL: flags.pingUrl,
  };
  const config = parseConfig(fromFlags, proc.env, file);
  const secrets = secretsOf(config, proc.env);
  const runId = randomUUID();
  const screen = new Screen(proc.stderr, proc.env);
  const { isTerminal, hasColors } = screen.terminal;
  const toScreen = (line: string) => screen.write(line);
  const logger = createLogger({
    level: levelOf(config, flags),
    runId,
    ...(config.SHARD ? { shard: shardName(config.SHARD) } : {}),
    pretty: isTerminal && config.LOG_FILE === undefined,
    hasColors,
    secrets,
    write: config.LOG_FILE === undefined ? toScreen : openLogFile(config.LOG_FILE, toScreen),
  });
  return {
    config,
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

/** Without a file for it, the log of a quiet run would be all that it says. */
function levelOf(config: Config, { quiet, logLevel }: CommonFlags & Pick<RunFlags, 'quiet'>) {
  const isUnwanted = quiet && config.LOG_FILE === undefined && logLevel === undefined;
  return isUnwanted ? 'fatal' : config.LOG_LEVEL;
}

async function readEnvFile(path: string | undefined): Promise<Record<string, string>> {
  try {
    return dotenv.parse(await readFile(path ?? '.env'));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing && path === undefined) return {};
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`--env-file: cannot be read: ${reason}`], { cause: error });
  }
}
