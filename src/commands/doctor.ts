import { defineCommand } from '../cli/command.ts';
import { plainJson } from '../terminal/plain-text.ts';
import { terminalOf } from '../terminal/terminal.ts';

export const doctorCommand = defineCommand({
  name: 'doctor',
  description: 'checks what a run needs, and says what to do about each fault',
  options: { json: { description: 'print the findings as one JSON list' } },
  examples: ['contracts-agg doctor', 'contracts-agg doctor --json'],
  notes: `Exit code 0 when nothing failed; else the code that a run would end with: 78 settings or Node,
69 lock, 74 database, 1 ESI, the first of these that failed. It changes nothing.`,
  acceptsFaultySettings: true,
  onlyReads: true,

  async handle(context, { json }) {
    const { examine } = await import('../doctor/examine.ts');
    const { exitCodeOf } = await import('../doctor/finding.ts');
    const { formatFindings } = await import('../doctor/format-findings.ts');
    const { stdout, environment } = context;
    const findings = await examine(context);
    const text = json
      ? plainJson(findings, 2)
      : formatFindings(findings, terminalOf(stdout, environment));
    stdout.write(`${text}\n`);
    return exitCodeOf(findings);
  },
});
