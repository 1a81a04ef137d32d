import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { SHELLS } from '../../src/cli/completion-script.ts';
import { parseArguments } from '../../src/cli/program.ts';
import { tempFolder } from '../support/temp-folder.ts';

const execute = promisify(execFile);
const EVERYWHERE = ['--env-file', '--log-level', '--log-file', '--help'];

function scriptOf(shell: string): string {
  let script = '';
  parseArguments(['completion', shell], (text) => {
    script += text;
  });
  return script;
}

/** What a real bash offers after a line, its last word not yet ended. */
async function offersFor(line: string, cwd: string): Promise<string[]> {
  const words = line.split(' ');
  const ask = `
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_contracts_agg
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const script = join(cwd, 'script.bash');
  await writeFile(script, scriptOf('bash') + ask);
  const { stdout, stderr } = await execute('bash', ['--norc', script], { cwd });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((offer) => offer !== '');
}

describe('in bash', () => {
  it.each([
    { line: 'contracts-agg s', offers: ['status', 'ships', 'sql'] },
    { line: 'contracts-agg --v', offers: ['--version'] },
    { line: 'contracts-agg run --d', offers: ['--dry-run'] },
    { line: 'contracts-agg ships --format ', offers: ['table', 'json', 'csv'] },
    { line: 'contracts-agg ships --region x --format c', offers: ['csv'] },
    { line: 'contracts-agg contracts --status e', offers: ['expired'] },
    { line: 'contracts-agg completion ', offers: ['bash', 'zsh', 'fish', ...EVERYWHERE] },
    { line: 'contracts-agg help doc', offers: ['doctor'] },
    { line: 'contracts-agg --log-l', offers: ['--log-level'] },
    { line: 'contracts-agg --log-level i', offers: ['info'] },
    { line: 'contracts-agg --json --log-level debug d', offers: ['doctor'] },
    { line: 'contracts-agg --log-level = debug d', offers: ['doctor'] },
    { line: 'contracts-agg --log-level debug run --dr', offers: ['--dry-run'] },
    { line: 'contracts-agg run --log-level debug --dr', offers: ['--dry-run'] },
    { line: 'contracts-agg ships --no', offers: ['--no-extras'] },
    { line: 'contracts-agg ships --region Sin', offers: ['Sinq\\ Laison'] },
    { line: 'contracts-agg run --region Sinq', offers: ['Sinq\\ Laison'] },
    { line: 'contracts-agg ships --type Domin', offers: ['Dominix', 'Dominix\\ Navy\\ Issue'] },
    { line: 'contracts-agg contracts --type Rif', offers: ['Rifter'] },
    { line: 'contracts-agg ships --group Assault', offers: ['Assault\\ Frigate'] },
    { line: 'contracts-agg ships --title ', offers: [] },
    { line: 'contracts-agg fly ', offers: [] },
  ])('"$line" is completed with $offers', async ({ line, offers }) => {
    expect(await offersFor(line, await tempFolder())).toEqual(offers);
  });

  it('a file is completed with the files that are there', async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'live.env'), '');

    expect(await offersFor('contracts-agg run --env-file l', folder)).toEqual(['live.env']);
    expect(await offersFor('contracts-agg --env-file l', folder)).toEqual(['live.env']);
    expect(await readdir(folder)).toContain('live.env');
  });

  it('the function is tied to the program', async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'script.bash'), `${scriptOf('bash')}\ncomplete -p contracts-agg`);

    const { stdout } = await execute('bash', ['--norc', join(folder, 'script.bash')]);

    expect(stdout).toBe('complete -F _contracts_agg contracts-agg\n');
  });
});

it.each(SHELLS)('the script for %s knows every command and option', (shell) => {
  const script = scriptOf(shell);
  let help = '';
  parseArguments(['contracts', '--help'], (text) => {
    help += text;
  });
  const options = help.match(/^ {2}(?:-\w, )?--[a-z-]+/gm) ?? [];

  expect(options.length).toBeGreaterThan(10);
  for (const { name } of COMMANDS) expect(script).toContain(name);
  for (const option of options) {
    const name = option.trim().replace(/^.*--/, '');
    if (name !== 'help') expect(script).toContain(name);
  }
});
