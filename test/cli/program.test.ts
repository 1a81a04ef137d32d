import { describe, expect, it } from 'vitest';
import { type Invocation, parseArguments } from '../../src/cli/program.ts';
import { UsageError } from '../../src/errors.ts';
import { readVersion } from '../../src/version.ts';

const MINUTE_MS = 60_000;
const COMMANDS = ['run', 'migrate', 'status', 'ships', 'contracts', 'doctor', 'completion'];

function parse(...argv: readonly string[]): { invocation: Invocation | undefined; out: string } {
  let out = '';
  const invocation = parseArguments(argv, (text) => {
    out += text;
  });
  return { invocation, out };
}

function flagsOf(...argv: readonly string[]): unknown {
  const { invocation, out } = parse(...argv);
  expect(out).toBe('');
  return invocation?.flags;
}

function usageErrorOf(...argv: readonly string[]): string {
  try {
    parse(...argv);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).message;
  }
  throw new Error(`understood: ${argv.join(' ')}`);
}

describe('a command alone', () => {
  it.each([
    { command: 'run', flags: { progress: true } },
    { command: 'migrate', flags: {} },
    { command: 'status', flags: {} },
    { command: 'ships', flags: { limit: 50, format: 'table', sort: 'price' } },
    {
      command: 'contracts',
      flags: { limit: 50, format: 'table', sort: 'price', status: ['outstanding'] },
    },
    { command: 'doctor', flags: {} },
  ])('"$command" is understood with its defaults', ({ command, flags }) => {
    expect(parse(command)).toEqual({ invocation: { command, flags }, out: '' });
  });
});

describe('the options of a command', () => {
  it.each([
    { argv: ['run', '--dry-run'], flags: { dryRun: true } },
    { argv: ['run', '--json'], flags: { json: true } },
    { argv: ['run', '--migrate'], flags: { migrate: true } },
    { argv: ['run', '--no-progress'], flags: { progress: false } },
    { argv: ['run', '--time-limit', '10m'], flags: { timeLimit: 10 * MINUTE_MS } },
    { argv: ['run', '--region', '10000002'], flags: { region: ['10000002'] } },
    { argv: ['migrate', '--status'], flags: { status: true } },
    { argv: ['status', '--max-age', '45m'], flags: { maxAge: 45 * MINUTE_MS } },
    { argv: ['status', '--json'], flags: { json: true } },
    { argv: ['ships', '--region', 'The Forge'], flags: { region: ['The Forge'] } },
    { argv: ['ships', '--type', 'Rifter'], flags: { type: ['Rifter'] } },
    { argv: ['ships', '--max-price', '1.5e9'], flags: { maxPrice: 1.5e9 } },
    { argv: ['ships', '--max-price', '100m'], flags: { maxPrice: 1e8 } },
    { argv: ['ships', '--max-price', '1.5B'], flags: { maxPrice: 1.5e9 } },
    { argv: ['ships', '--min-price', '250k'], flags: { minPrice: 250_000 } },
    { argv: ['ships', '--group', 'Frigate,26'], flags: { group: ['Frigate', '26'] } },
    { argv: ['ships', '--extras'], flags: { extras: true } },
    { argv: ['ships', '--no-extras'], flags: { extras: false } },
    { argv: ['ships', '--min-time-left', '1d'], flags: { minTimeLeft: 1440 * MINUTE_MS } },
    { argv: ['ships', '--expires-within', '6h'], flags: { expiresWithin: 360 * MINUTE_MS } },
    { argv: ['ships', '--title', 'a, b'], flags: { title: 'a, b' } },
    { argv: ['ships', '--sort', 'expires'], flags: { sort: 'expires' } },
    { argv: ['contracts', '--blueprint-copies'], flags: { blueprintCopies: true } },
    {
      argv: ['contracts', '--contract-type', 'auction,courier', '--contract-type', 'loan'],
      flags: { contractType: ['auction', 'courier', 'loan'] },
    },
    {
      argv: ['contracts', '--status', 'closed', '--status', 'expired'],
      flags: { status: ['closed', 'expired'] },
    },
    { argv: ['doctor', '--json'], flags: { json: true } },
    { argv: ['ships', '--limit', '999999999'], flags: { limit: 999_999_999 } },
    { argv: ['ships', '--format', 'table'], flags: { format: 'table' } },
    { argv: ['ships', '--format', 'json'], flags: { format: 'json' } },
    { argv: ['ships', '--format=csv'], flags: { format: 'csv' } },
  ])('are understood: $argv', ({ argv, flags }) => {
    expect(flagsOf(...argv)).toMatchObject(flags);
  });

  it.each(['run', 'migrate', 'status', 'ships', 'contracts', 'doctor'])(
    'of all commands are those of %s',
    (command) => {
      expect(flagsOf(command, '--env-file', '/etc/x.env', '--log-level', 'debug')).toMatchObject({
        envFile: '/etc/x.env',
        logLevel: 'debug',
      });
    },
  );

  it('go together', () => {
    const argv = ['run', '--json', '--no-progress', '--dry-run', '--time-limit=90s'];

    expect(flagsOf(...argv)).toEqual({
      json: true,
      progress: false,
      dryRun: true,
      timeLimit: 90_000,
    });
  });
});

describe('a list', () => {
  it.each([
    { argv: ['--region', '1', '--region', '2'], region: ['1', '2'] },
    { argv: ['--region', '1,2', '--region', '3'], region: ['1', '2', '3'] },
    { argv: ['--region', 'The Forge, Domain'], region: ['The Forge', 'Domain'] },
    { argv: ['--region=  10000002 '], region: ['10000002'] },
  ])('is given by repeats and commas: $argv', ({ argv, region }) => {
    expect(flagsOf('run', ...argv)).toMatchObject({ region });
    expect(flagsOf('ships', ...argv)).toMatchObject({ region });
  });

  it('of types is given in the same way', () => {
    const argv = ['ships', '--type', 'Rifter,638', '--type', 'Stabber'];

    expect(flagsOf(...argv)).toMatchObject({ type: ['Rifter', '638', 'Stabber'] });
  });

  it('of one command line is not that of the next', () => {
    flagsOf('run', '--region', '1');

    expect(flagsOf('run', '--region', '2')).toMatchObject({ region: ['2'] });
  });

  it.each(['', ',', '1,', ',1', '1,,2', ' '])('without a name is wrong usage: "%s"', (text) => {
    expect(usageErrorOf('run', '--region', text)).toContain('--region');
    expect(usageErrorOf('ships', '--type', text)).toContain('--type');
  });
});

describe('a duration', () => {
  it.each([
    { text: '500ms', milliseconds: 500 },
    { text: '90s', milliseconds: 90_000 },
    { text: '45m', milliseconds: 45 * MINUTE_MS },
    { text: '1.5h', milliseconds: 90 * MINUTE_MS },
    { text: '2 hours', milliseconds: 120 * MINUTE_MS },
    { text: '1d', milliseconds: 1440 * MINUTE_MS },
  ])('of "$text" is $milliseconds ms', ({ text, milliseconds }) => {
    expect(flagsOf('run', '--time-limit', text)).toMatchObject({ timeLimit: milliseconds });
    expect(flagsOf('status', '--max-age', text)).toMatchObject({ maxAge: milliseconds });
  });

  it.each(['45', '0', '0m', '-5m', 'soon', '10x', '1h30m', ' ', 'NaN', 'Infinity'])(
    'is not "%s"',
    (text) => {
      expect(usageErrorOf('run', `--time-limit=${text}`)).toContain('--time-limit');
      expect(usageErrorOf('status', `--max-age=${text}`)).toContain('--max-age');
    },
  );
});

describe('wrong usage', () => {
  it.each(['fly', 'runn', 'Run'])('is a command that does not exist: %s', (command) => {
    expect(usageErrorOf(command)).not.toBe('');
  });

  it.each([
    { argv: ['run', 'twice'], names: 'run' },
    { argv: ['run', '--fast'], names: '--fast' },
    { argv: ['--fast'], names: '--fast' },
    { argv: ['run', '--status'], names: '--status' },
    { argv: ['migrate', '--max-age'], names: '--max-age' },
    { argv: ['contracts', '--status', 'open'], names: '--status' },
    { argv: ['contracts', '--contract-type', 'gift'], names: '--contract-type' },
    { argv: ['completion', 'tcsh'], names: 'shell' },
    { argv: ['completion'], names: 'shell' },
    { argv: ['ships', '--max-price', '1q'], names: '--max-price' },
    { argv: ['ships', '--max-price', 'm'], names: '--max-price' },
    { argv: ['ships', '--sort', 'colour'], names: '--sort' },
    { argv: ['run', '--region'], names: '--region' },
    { argv: ['run', '--env-file'], names: '--env-file' },
    { argv: ['ships', '--format', 'xml'], names: '--format' },
    { argv: ['ships', '--limit', '0'], names: '--limit' },
    { argv: ['ships', '--limit', '-1'], names: '--limit' },
    { argv: ['ships', '--limit', '1.5'], names: '--limit' },
    { argv: ['ships', '--limit', 'all'], names: '--limit' },
    { argv: ['ships', '--limit', '9999999999'], names: '--limit' },
    { argv: ['ships', '--max-price', '0'], names: '--max-price' },
    { argv: ['ships', '--max-price', '-1'], names: '--max-price' },
    { argv: ['ships', '--max-price', 'cheap'], names: '--max-price' },
    { argv: ['ships', '--max-price', '1e18'], names: '--max-price' },
    { argv: ['ships', '--max-price', 'Infinity'], names: '--max-price' },
    { argv: ['ships', '--max-price', ''], names: '--max-price' },
  ])('is $argv, and the message says what', ({ argv, names }) => {
    const message = usageErrorOf(...argv);

    expect(message).toContain(names);
    expect(message).not.toMatch(/^error:/);
  });
});

describe('a command line that asks for words', () => {
  it.each([[], ['--help'], ['-h']].map((argv) => ({ argv })))(
    'gets the commands: $argv',
    ({ argv }) => {
      const { invocation, out } = parse(...argv);

      expect(invocation).toBeUndefined();
      for (const command of COMMANDS) expect(out).toContain(`  ${command} `);
    },
  );

  it.each([
    { argv: ['run', '--help'], options: ['--region', '--dry-run', '--time-limit', '--env-file'] },
    { argv: ['status', '--help'], options: ['--max-age', '--json', '--log-level'] },
    { argv: ['ships', '-h'], options: ['--type', '--max-price', '--limit', '--format'] },
    { argv: ['migrate', '--help'], options: ['--status', '--env-file'] },
  ])('gets the options of a command: $argv', ({ argv, options }) => {
    const { invocation, out } = parse(...argv);

    expect(invocation).toBeUndefined();
    for (const option of options) expect(out).toContain(option);
  });

  it.each(['--version', '-V'])('gets the version by %s', (flag) => {
    expect(parse(flag)).toEqual({ invocation: undefined, out: `${readVersion()}\n` });
  });
});
