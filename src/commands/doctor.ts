import type { DoctorFlags } from '../cli/flags.ts';
import type { CommandContext } from '../composition/command-context.ts';
import { nameInFault } from '../config/config.ts';
import { checkDataDirectory } from '../doctor/check-data-directory.ts';
import { checkDatabase } from '../doctor/check-database.ts';
import { checkEsi } from '../doctor/check-esi.ts';
import { checkLock } from '../doctor/check-lock.ts';
import { checkNode } from '../doctor/check-node.ts';
import { checkSettings } from '../doctor/check-settings.ts';
import { type ExitCode, exitCodeOf, type Finding, fail, inTime, warn } from '../doctor/finding.ts';
import { redact } from '../terminal/logging.ts';
import { plainJson, plainText } from '../terminal/plain-text.ts';
import { paint, type Style, type Terminal, terminalOf } from '../terminal/terminal.ts';
import { readRequiredNode } from '../version.ts';

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

const STYLES: Readonly<Record<Finding['status'], Style>> = {
  ok: 'green',
  warn: 'yellow',
  fail: 'red',
};

/**
 * Looks at everything that a run needs, and changes nothing.
 *
 * @returns 0 when nothing failed, else the code that a run would end with
 */
export async function doctorCommand(context: CommandContext, flags: DoctorFlags): Promise<number> {
  const { config, settingFaults, environment, secrets, stdout } = context;
  // What the checks find is told once, by doctor.
  const quiet = { ...context, logger: context.logger.child({}, { level: 'fatal' }) };
  const checked = await Promise.all(CHECKS.map((check) => carryOut(check, quiet)));
  const findings = redact(
    [
      checkNode(process.versions.node, readRequiredNode()),
      ...checkSettings(config, settingFaults, environment),
      ...checked.flat(),
    ],
    secrets,
  );
  const text = flags.json
    ? plainJson(findings, 2)
    : formatFindings(findings, terminalOf(stdout, environment));
  stdout.write(`${text}\n`);
  return exitCodeOf(findings);
}

async function carryOut(
  { name, needs, exitCode, run }: PlannedCheck,
  context: CommandContext,
): Promise<readonly Finding[]> {
  const faulty = context.settingFaults.map(nameInFault);
  const missing = needs.find((setting) => faulty.includes(setting));
  if (missing !== undefined) {
    return [warn(name, `not checked: ${missing} has a fault`, `correct ${missing}`)];
  }
  const tooLate = (seconds: number) => giveUp(name, exitCode, seconds, context);
  return inTime(context.clock, tooLate, (signal) => run(context, signal));
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

/** One line a finding, with its remedy below. */
function formatFindings(
  findings: readonly Finding[],
  terminal: Pick<Terminal, 'hasColors'>,
): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, status, message, remedy }) => [
    `${paint(status.padEnd(4), STYLES[status], terminal)}  ${check.padEnd(width)}  ${plainText(message)}`,
    ...(remedy === undefined
      ? []
      : [`${' '.repeat(width + 8)}${paint('→', 'cyan', terminal)} ${plainText(remedy)}`]),
  ]);
  const failed = findings.filter(({ status }) => status === 'fail').length;
  const warned = findings.filter(({ status }) => status === 'warn').length;
  const verdict = failed + warned === 0 ? 'all is well' : `${failed} failed, ${warned} to look at`;
  return [...lines, '', verdict].join('\n');
}
