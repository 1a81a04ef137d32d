import { plainText } from '../terminal/plain-text.ts';
import { paint, type Style, type Terminal } from '../terminal/terminal.ts';
import type { Finding } from './finding.ts';

const STYLES: Readonly<Record<Finding['status'], Style>> = {
  ok: 'green',
  warn: 'yellow',
  fail: 'red',
};

/** One line a finding, with its remedy below, and a verdict. */
export function formatFindings(
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
