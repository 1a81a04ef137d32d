import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Invocation } from '../cli/command.ts';
import type { Clock } from '../clock.ts';
import { type Config, type InspectedConfig, inspectConfig } from '../config/config.ts';
import { dataHome } from '../config/data-home.ts';
import { parseEnvFile } from '../config/env-file.ts';
import { secretsOf, secretsOfUrl } from '../config/secrets.ts';
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
  proc: Pick<NodeJS.Process, 'env' | 'stdin'>,
  { results, notices }: Streams,
  clock: Clock,
  interrupt: AbortSignal,
): Promise<CommandContext> {
  const { config: given, faults, notices: oddities } = await readSettings(invocation, proc.env);
  const config = {
    ...given,
    DATA_DIR: given.DATA_DIR ?? dataHome('contracts-agg', process.platform, proc.env),
  };
  const isFaulty = faults.length > 0 && !invocation.command.acceptsFaultySettings;
  if (isFaulty) throw new ConfigError(faults);
  const ofOptions = invocation.secretUrls.flatMap(secretsOfUrl);
  const secrets = [...secretsOf(config, proc.env), ...ofOptions];
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
  for (const oddity of oddities) {
    // It may be why a quiet run works elsewhere than it should.
    if (logger.level === 'silent') screen.write(`contracts-agg: ${oddity}\n`);
    else logger.warn(oddity);
  }
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
    // To look at it would open it.
    get stdin() {
      return proc.stdin;
    },
    stdout: results,
    screen,
  };
}

interface GivenSettings extends InspectedConfig {
  /** What is odd about where the settings come from, each in a sentence. */
  readonly notices: readonly string[];
}

async function readSettings(
  { command, settings, envFile }: Invocation,
  environment: Environment,
): Promise<GivenSettings> {
  try {
    const { values, notices } = await readEnvFile(envFile);
    return { ...inspectConfig(settings, environment, values), notices };
  } catch (error) {
    if (!(error instanceof ConfigError) || !command.acceptsFaultySettings) throw error;
    const { config, faults } = inspectConfig(settings, environment);
    return { config, faults: [...error.faults, ...faults], notices: [] };
  }
}

/** Without a file for it, the log of a quiet run would be all that it says. */
function levelOf(config: Config, { isQuiet, settings }: Invocation) {
  const isUnwanted = isQuiet && config.LOG_FILE === undefined && settings.LOG_LEVEL === undefined;
  return isUnwanted ? 'silent' : config.LOG_LEVEL;
}

/** @throws ConfigError when the file that was asked for cannot be read, or any is no text */
async function readEnvFile(asked: string | undefined) {
  const path = asked ?? '.env';
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (asked !== undefined) {
      throw new ConfigError([`--env-file: cannot be read: ${reasonOf(error)}`], { cause: error });
    }
    // The working folder may be anybody's.
    const isMissing = codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
    const notice = `settings in .env are not used, it cannot be read: ${reasonOf(error)}`;
    return { values: {}, notices: isMissing ? [] : [notice] };
  }
  const { values, slips } = parseEnvFile(bytes, path);
  const notices = slips.map(
    ({ name, meant }) => `${name} in ${path} is no setting; did you mean ${meant}?`,
  );
  return { values, notices };
}
