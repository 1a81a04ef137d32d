const EXIT_CODES = `
Exit codes:
  0         the pass is complete
  1         partial: a region failed, ESI is down, or the time limit came first
  64        wrong usage
  69        the lock server cannot be reached; ESI was not called
  70        a fault of the program
  74        the database failed, or lacks migrations
  75        another run holds the lock, or the lock was lost on the way
  78        invalid settings
  130, 143  stopped by SIGINT or SIGTERM`;

const SETTINGS = `
Settings come from options, else from environment variables, else from the file .env (or that of
--env-file). \`contracts-agg doctor\` checks them; the README lists them.`;

function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n');
}

/** What the help of a command says after its options. Every example runs as it stands. */
export const HELP_TEXTS = {
  program: `${SETTINGS}
${examples('contracts-agg run', 'contracts-agg doctor', 'contracts-agg ships --max-price 50m')}`,
  run: `${examples(
    'contracts-agg run --region "The Forge"',
    'contracts-agg run --region 10000002,Domain --dry-run',
    'contracts-agg run --time-limit 10m --json',
  )}
${EXIT_CODES}
${SETTINGS}`,
  migrate: examples('contracts-agg migrate', 'contracts-agg migrate --status'),
  status: examples(
    'contracts-agg status',
    'contracts-agg status --max-age 45m || echo "too old"',
    'contracts-agg status --region "The Forge" --json',
  ),
  ships: examples(
    'contracts-agg ships --region "The Forge" --max-price 100m --no-extras',
    'contracts-agg ships --group Frigate --min-time-left 1d --sort expires',
    'contracts-agg ships --limit 1000 --format csv',
  ),
  contracts: examples(
    'contracts-agg contracts --contract-type auction --expires-within 3d --sort expires',
    'contracts-agg contracts --blueprint-copies --max-price 1b',
    'contracts-agg contracts --status closed,expired --format json',
  ),
  doctor: `${examples('contracts-agg doctor', 'contracts-agg doctor --json')}

Exit code 0 when nothing failed; else the code that a run would end with: 78 settings or Node,
69 lock, 74 database, 1 ESI, the first of these that failed. It changes nothing.`,
  completion: examples(
    'source <(contracts-agg completion bash)   # in ~/.bashrc',
    'contracts-agg completion zsh              # into a file named _contracts-agg in the $fpath',
    'contracts-agg completion fish             # into ~/.config/fish/completions/contracts-agg.fish',
  ),
} as const;
