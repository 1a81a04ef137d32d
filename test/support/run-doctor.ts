import { expect } from 'vitest';
import type { Finding } from '../../src/doctor/finding.ts';
import { type Environment, expectNoSecret } from './run-process.ts';
import type { World } from './run-world.ts';

/** What `doctor` found, by what it looked at, and how it ended. */
export interface Diagnosis {
  readonly exitCode: number | null;
  readonly findings: readonly Finding[];
  /** `database` → `ok`; the worst where there are several. */
  readonly statuses: Readonly<Record<string, Finding['status']>>;
  /** Message and remedy of all findings of one check. */
  textOf(check: string): string;
}

const SEVERITY: readonly Finding['status'][] = ['ok', 'warn', 'fail'];

/** Runs `doctor --json`, and checks what is true of each of its answers. */
export async function diagnose(world: World, env: Environment = {}): Promise<Diagnosis> {
  const result = await world.command(['doctor', '--json'], env);
  expectNoSecret(result, world.secrets);
  expect(result.stderr).toBe('');
  const findings = JSON.parse(result.stdout) as readonly Finding[];
  for (const { status, remedy, exitCode } of findings) {
    expect(remedy === undefined).toBe(status === 'ok');
    expect(exitCode === undefined).toBe(status !== 'fail');
  }
  const statuses: Record<string, Finding['status']> = {};
  for (const { check, status } of findings) {
    const worst = Math.max(SEVERITY.indexOf(statuses[check] ?? 'ok'), SEVERITY.indexOf(status));
    statuses[check] = SEVERITY[worst] ?? status;
  }
  const textOf = (check: string) =>
    findings
      .filter((finding) => finding.check === check)
      .map(({ message, remedy = '' }) => `${message} → ${remedy}`)
      .join('\n');
  return { exitCode: result.exitCode, findings, statuses, textOf };
}
