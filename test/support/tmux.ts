import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished, vi } from 'vitest';
import { nodeArguments, type ProcessOptions } from './run-process.ts';

const run = promisify(execFile);
const PATIENCE = { timeout: 50_000, interval: 25 };
/** In bytes that no run prints, so that it is not found before the end. */
const END = '— exit code';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A terminal of its own, seen as a person sees it. */
export class TmuxTerminal {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** The lines on it now, without the empty ones below. @param withColors as escape sequences */
  async screen(withColors = false): Promise<string> {
    const { stdout } = await this.tmux('capture-pane', '-p', ...(withColors ? ['-e'] : []));
    return stdout.trimEnd();
  }

  /** What stood on it once it was as asked for. */
  async waitFor(isReady: (screen: string) => boolean): Promise<string> {
    let screen = '';
    const look = async () => {
      screen = await this.screen();
      return isReady(screen);
    };
    await vi.waitUntil(look, PATIENCE).catch((cause: unknown) => {
      throw new Error(`the terminal never showed what was waited for, but:\n${screen}`, { cause });
    });
    return screen;
  }

  /** What stands on it when the program has ended. */
  async end(): Promise<string> {
    return this.waitFor((screen) => screen.includes(END));
  }

  async press(...keys: readonly string[]): Promise<void> {
    await this.tmux('send-keys', ...keys);
  }

  /** Asks tmux about the terminal, e.g. `#{cursor_flag}`. */
  async ask(format: string): Promise<string> {
    const { stdout } = await this.tmux('display-message', '-p', format);
    return stdout.trim();
  }

  tmux(...args: readonly string[]): Promise<{ stdout: string }> {
    return run('tmux', ['-S', this.#socket, '-f', '/dev/null', ...args]);
  }
}

/**
 * Starts the real program in a terminal of the running test.
 *
 * @param shell a command before it, and what follows on its line
 */
export async function startInTerminal(
  args: readonly string[],
  options: ProcessOptions,
  { columns, rows }: TerminalSize,
  shell: { readonly before?: string; readonly after?: string } = {},
): Promise<TmuxTerminal> {
  const { before = ':', after = '' } = shell;
  // Gone with the folder; a path of a socket has 107 characters at most.
  const socket = join(options.cwd, `tmux-${randomUUID().slice(0, 8)}`);
  const terminal = new TmuxTerminal(socket);
  const script = `${socket}.sh`;
  const command = ['node', ...nodeArguments(args, options)].map(quoted).join(' ');
  // Ctrl-C goes to the shell too, which must live on to tell the exit code.
  const lines = ['trap : INT', before, `${command} ${after}`, `echo "${END} $?"`, 'exec sleep 600'];
  await writeFile(script, lines.join('\n'));
  onTestFinished(async () => {
    await terminal.tmux('kill-server');
  });
  const env = { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', ...options.env };
  const settings = Object.entries(env).map(([name, value]) => quoted(`${name}=${value}`));
  await terminal.tmux(
    ...['new-session', '-d', '-x', String(columns), '-y', String(rows), '-c', options.cwd],
    `exec env -i TERM="$TERM" ${settings.join(' ')} sh ${quoted(script)}`,
  );
  return terminal;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
