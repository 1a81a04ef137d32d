import { describe, expect, it } from 'vitest';
import type { Invocation } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { parseArguments } from '../../src/cli/program.ts';
import { UsageError } from '../../src/errors.ts';
import { readVersion } from '../../src/version.ts';

const MINUTE_MS = 60_000;

const NAMES = COMMANDS.map(({ name }) => name);
/** All that read settings and keep a log. */
const WORKING = COMMANDS.filter((command) => 'handle' in command).map(
  ({ name, arguments: words = {} }) => [name, ...Object.keys(words).map(() => 'Rifter')],
);

function parse(...argv: readonly string[]): { invocation: Invocation | undefined; out: string } {
  let out = '';
  const invocation = parseArguments(argv, (text) => {
    out += text;
  });
  return { invocation, out };
}

function understood(...argv: readonly string[]): Invocation {
  const { invocation, out } = parse(...argv);
  expect(out).toBe('');
  if (invocation === undefined) throw new Error(`nothing is asked for: ${argv.join(' ')}`);
  return invocation;
}

function flagsOf(...argv: readonly string[]): unknown {
  return understood(...argv).flags;
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
    { name: 'run', flags: { progress: true } },
    { name: 'migrate', flags: {} },
    { name: 'status', flags: {} },
    { name: 'ships', flags: { limit: 50, format: 'table', sort: 'price' } },
    {
      name: 'contracts',
      flags: { limit: 50, format: 'table', sort: 'price', status: ['outstanding'] },
    },
    { name: 'doctor', flags: {} },
  ])('"$name" is understood with its defaults', ({ name, flags }) => {
    const { command, ...asked } = understood(name);

    expect(command.name).toBe(name);
    expect(asked).toEqual({
      flags,
      settings: {},
      envFile: undefined,
      isQuiet: false,
      secretUrls: [],
    });
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
    { argv: ['ships', '--max-price', '1.5b'], flags: { maxPrice: 1.5e9 } },
    { argv: ['ships', '--min-price', '250k'], flags: { minPrice: 250_000 } },
    { argv: ['ships', '--group', 'Frigate,26'], flags: { group: ['Frigate', '26'] } },
    { argv: ['ships', '--extras'], flags: { extras: true } },
    { argv: ['ships', '--no-extras'], flags: { extras: false } },
    { argv: ['ships', '--min-time-left', '1d'], flags: { minTimeLeft: 1440 * MINUTE_MS } },
    { argv: ['ships', '--expires-within', '6h'], flags: { expiresWithin: 360 * MINUTE_MS } },
    { argv: ['ships', '--title', 'a, b'], flags: { title: 'a, b' } },
    { argv: ['ships', '--sort', 'expires'], flags: { sort: 'expires' } },
    { argv: ['ships', '--limit', '3'], flags: { limit: 3 } },
    { argv: ['ships', '--format', 'json'], flags: { format: 'json' } },
    { argv: ['ships', '--format=csv'], flags: { format: 'csv' } },
    { argv: ['ships', '--json'], flags: { json: true } },
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
  ])('are understood: $argv', ({ argv, flags }) => {
    expect(flagsOf(...argv)).toMatchObject(flags);
  });

  it('go together', () => {
    const argv = ['run', '--json', '--no-progress', '--dry-run', '--time-limit=90s'];

    expect(flagsOf(...argv)).toEqual({
      json: true,
      progress: false,
      dryRun: true,
      timeLimit: 90_000,
    });
  });

  it('add up where they take a list', () => {
    const argv = ['--region', '1,2', '--region', 'The Forge'];

    expect(flagsOf('run', ...argv)).toMatchObject({ region: ['1', '2', 'The Forge'] });
    expect(flagsOf('ships', ...argv)).toMatchObject({ region: ['1', '2', 'The Forge'] });
  });

  it('of one command line are not those of the next', () => {
    flagsOf('run', '--region', '1');

    expect(flagsOf('run', '--region', '2')).toMatchObject({ region: ['2'] });
  });

  it('give settings', () => {
    const argv = ['run', '--metrics-file', 'x.prom', '--ping-url', 'http://x', '--log-file', 'l'];

    expect(understood(...argv).settings).toEqual({
      METRICS_FILE: 'x.prom',
      PING_URL: 'http://x',
      LOG_FILE: 'l',
    });
  });

  it('make a run quiet', () => {
    expect(understood('run', '--quiet').isQuiet).toBe(true);
  });
});

describe('the options of every command', () => {
  const OPTIONS = ['--env-file', '/etc/x.env', '--log-level', 'debug', '--log-file=x.log'];
  const ASKED = { envFile: '/etc/x.env', settings: { LOG_LEVEL: 'debug', LOG_FILE: 'x.log' } };

  it.each(WORKING)('are taken before and after the name of %s', (...words) => {
    expect(understood(...OPTIONS, ...words)).toMatchObject(ASKED);
    expect(understood(...words, ...OPTIONS)).toMatchObject(ASKED);
    expect(understood('--log-level', 'debug', ...words, '--env-file', 'x')).toMatchObject({
      envFile: 'x',
      settings: { LOG_LEVEL: 'debug' },
    });
  });

  it.each([
    { argv: ['--log-level', 'debug', 'run', '--log-level', 'warn'] },
    { argv: ['run', '--log-level', 'debug', '--log-level', 'warn'] },
    { argv: ['--log-level', 'debug', '--log-level', 'warn', 'run'] },
  ])('count as they are given last: $argv', ({ argv }) => {
    expect(understood(...argv).settings).toEqual({ LOG_LEVEL: 'warn' });
  });

  it.each(NAMES)('are those of %s, as its help says', (name) => {
    for (const option of ['--env-file <path>', '--log-level <level>', '--log-file <path>']) {
      expect(parse(name, '--help').out).toContain(option);
      expect(parse('--help').out).toContain(option);
    }
  });

  it('do not keep completion from its script', () => {
    expect(parse('--env-file', 'x', 'completion', 'bash').out).toContain('complete -F');
  });
});

describe('--json', () => {
  it.each(WORKING)('is taken before and after the name of %s', (...words) => {
    expect(flagsOf('--json', ...words)).toMatchObject({ json: true });
    expect(flagsOf(...words, '--json')).toMatchObject({ json: true });
  });

  it.each([{ argv: ['--json', 'completion', 'bash'] }, { argv: ['completion', 'bash', '--json'] }])(
    'is nothing for a script: $argv',
    ({ argv }) => {
      expect(usageErrorOf(...argv)).toContain("unknown option '--json' for 'completion'");
    },
  );

  it.each([
    { argv: ['run', '--json', '--quiet'], other: '--quiet' },
    { argv: ['--json', 'run', '--quiet'], other: '--quiet' },
    { argv: ['ships', '--json', '--format', 'csv'], other: '--format' },
    { argv: ['--json', 'contracts', '--format', 'table'], other: '--format' },
  ])('goes together with no $other: $argv', ({ argv, other }) => {
    const message = usageErrorOf(...argv);

    expect(message).toContain('--json');
    expect(message).toContain(other);
  });
});

describe('wrong usage', () => {
  it.each([
    { argv: ['fly'], names: 'fly' },
    { argv: ['Run'], names: 'Run' },
    { argv: ['run', 'twice'], names: 'run' },
    { argv: ['run', '--fast'], names: '--fast' },
    { argv: ['--fast'], names: '--fast' },
    { argv: ['--fast', 'run'], names: '--fast' },
    { argv: ['--dry-run', 'run'], names: '--dry-run' },
    { argv: ['--log-level', 'debug'], names: 'a command is missing' },
    { argv: ['--log-level'], names: '--log-level' },
    { argv: ['run', '--status'], names: '--status' },
    { argv: ['migrate', '--max-age'], names: '--max-age' },
    { argv: ['status', '--max-age', '45'], names: '--max-age' },
    { argv: ['run', '--time-limit='], names: '--time-limit' },
    { argv: ['run', '--region', '1,,2'], names: '--region' },
    { argv: ['ships', '--type', ''], names: '--type' },
    { argv: ['contracts', '--status', 'open'], names: '--status' },
    { argv: ['contracts', '--contract-type', 'gift'], names: '--contract-type' },
    { argv: ['completion', 'tcsh'], names: 'shell' },
    { argv: ['completion'], names: 'shell' },
    { argv: ['ships', '--max-price', '1q'], names: '--max-price' },
    { argv: ['ships', '--min-price', ''], names: '--min-price' },
    { argv: ['ships', '--sort', 'colour'], names: '--sort' },
    { argv: ['run', '--region'], names: '--region' },
    { argv: ['run', '--env-file'], names: '--env-file' },
    { argv: ['ships', '--format', 'xml'], names: '--format' },
    { argv: ['ships', '--limit', '-1'], names: '--limit' },
  ])('is $argv, and the message says what', ({ argv, names }) => {
    const message = usageErrorOf(...argv);

    expect(message).toContain(names);
    expect(message).not.toMatch(/^error:/);
  });

  it.each([
    { argv: ['runn'], meant: 'run' },
    { argv: ['docter'], meant: 'doctor' },
    { argv: ['run', '--jsn'], meant: '--json' },
    { argv: ['ships', '--max-prise', '1'], meant: '--max-price' },
    { argv: ['run', '--log-levl', 'debug'], meant: '--log-level' },
    { argv: ['--log-levl', 'debug', 'run'], meant: '--log-level' },
    { argv: ['--jsn', 'run'], meant: '--json' },
  ])('of what is misspelt is answered with what was meant: $argv', ({ argv, meant }) => {
    expect(usageErrorOf(...argv)).toContain(`Did you mean ${meant}?`);
  });
});

describe('a command line that asks for words', () => {
  it.each(
    [[], ['--help'], ['-h'], ['help'], ['--log-level', 'debug', '--help']].map((argv) => ({
      argv,
    })),
  )('gets the commands: $argv', ({ argv }) => {
    const { invocation, out } = parse(...argv);

    expect(invocation).toBeUndefined();
    expect(out).toContain('Usage: contracts-agg [options] [command]');
    for (const name of NAMES) expect(out).toContain(`  ${name} `);
  });

  it.each([
    { argv: ['run', '--help'], options: ['--region', '--dry-run', '--time-limit'] },
    { argv: ['status', '--help'], options: ['--max-age', '--json'] },
    { argv: ['ships', '-h'], options: ['--type', '--max-price', '--limit', '--format'] },
    { argv: ['help', 'migrate'], options: ['--status', '--json'] },
  ])('gets the options of a command: $argv', ({ argv, options }) => {
    const { invocation, out } = parse(...argv);

    expect(invocation).toBeUndefined();
    expect(out).toContain('Usage: contracts-agg');
    for (const option of options) expect(out).toContain(option);
  });

  it.each(['--version', '-V'])('gets the version by %s', (flag) => {
    expect(parse(flag)).toEqual({ invocation: undefined, out: `${readVersion()}\n` });
  });
});
