import type { CommandContext } from '../composition/command-context.ts';
import { nameInFault } from '../config/config.ts';
import { ConfigError } from '../errors.ts';
import { redact } from '../terminal/logging.ts';
import { readRequiredNode } from '../version.ts';
import { checkDataDirectory } from './check-data-directory.ts';
import { checkDatabase } from './check-database.ts';
import { checkEsi } from './check-esi.ts';
import { checkLock } from './check-lock.ts';
import { checkNode } from './check-node.ts';
import { checkSettings } from './check-settings.ts';
import { type ExitCode, type Finding, fail, inTime, warn } from './finding.ts';

type Check = (context: CommandContext, signal: AbortSignal) => Promise<readonly Finding[]>;

interface PlannedCheck {
  readonly name: string;
  /** Without these settings being right there is nothing to look at. */
  readonly needs: readonly string[];
  readonly exitCode: ExitCode;
  readonly run: Check;
}

const DATABASE = 'database';

const CHECKS: readonly PlannedCheck[] = [
  {
    name: 'data directory',
    needs: ['DATA_DIR'],
    exitCode: 69,
    run: ({ config }) => checkDataDirectory(config),
  },
  { name: DATABASE, needs: ['DATABASE_URL'], exitCode: 74, run: checkDatabase },
  { name: 'lock server', needs: ['REDIS_URL', 'REDIS_KEY_PREFIX'], exitCode: 69, run: checkLock },
  { name: 'ESI', needs: ['ESI_BASE_URL', 'ESI_CONTACT'], exitCode: 1, run: checkEsi },
];

/** Looks at everything that a run needs, and changes nothing. */
export async function examine(context: CommandContext): Promise<readonly Finding[]> {
  const { config, settingFaults, environment, secrets } = context;
  // What the checks find is told once, by doctor.
  const quiet = { ...context, logger: context.logger.child({}, { level: 'fatal' }) };
  const checked = await Promise.all(CHECKS.map((check) => carryOut(check, quiet)));
  return redact(
    [
      checkNode(process.versions.node, readRequiredNode()),
      ...checkSettings(config, settingFaults, environment),
      ...checked.flat(),
    ],
    secrets,
  );
}

async function carryOut(
  { name, needs, exitCode, run }: PlannedCheck,
  context: CommandContext,
): Promise<readonly Finding[]> {
  const faulty = context.settingFaults.map(nameInFault);
  const missing = needs.find((setting) => faulty.includes(setting));
  if (missing !== undefined) return [notChecked(name, missing)];
  const tooLate = (seconds: number) => giveUp(name, exitCode, seconds, context);
  try {
    return await inTime(context.clock, tooLate, (signal) => run(context, signal));
  } catch (error) {
    // There is no data directory, which the check of it tells.
    if (error instanceof ConfigError)
      return error.faults.map(nameInFault).map((setting) => notChecked(name, setting));
    throw error;
  }
}

function notChecked(name: string, setting: string): Finding {
  return warn(name, `not checked: ${setting} has a fault`, `correct ${setting}`);
}

function giveUp(name: string, exitCode: ExitCode, seconds: number, { config }: CommandContext) {
  if (name === DATABASE && config.DATABASE_URL === undefined) {
    // It waits for nobody else: the machine is slow, or busy.
    return warn(
      name,
      `embedded, not opened in ${seconds} s`,
      'try again when this machine is less busy',
    );
  }
  const remedy = 'see whether it hangs, or something on the way to it';
  return fail(name, exitCode, `no answer in ${seconds} s`, remedy);
}
