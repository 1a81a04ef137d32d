import { styleText } from 'node:util';

type Environment = Readonly<Record<string, string | undefined>>;

/** What can be shown where a text goes. */
export interface Terminal {
  /** False for a pipe or a file. */
  readonly isTerminal: boolean;
  /** Characters in a line; undefined where nobody breaks lines. */
  readonly columns: number | undefined;
  readonly hasColors: boolean;
}

/** The styles that the program uses. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/**
 * What a stream can show. Colours follow https://no-color.org and https://force-color.org: a
 * non-empty `NO_COLOR` takes them away, `FORCE_COLOR` brings them to pipes and files too.
 */
export function terminalOf(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>,
  environment: Environment,
): Terminal {
  const isTerminal = stream.isTTY === true;
  return {
    isTerminal,
    columns: isTerminal && stream.columns > 0 ? stream.columns : undefined,
    hasColors: hasColors(isTerminal, environment),
  };
}

/** The text in a style, where colours can be shown. */
export function paint(text: string, style: Style, { hasColors }: Pick<Terminal, 'hasColors'>) {
  return hasColors ? styleText(style, text, { validateStream: false }) : text;
}

function hasColors(isTerminal: boolean, { NO_COLOR, FORCE_COLOR, TERM }: Environment): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isTerminal && TERM !== 'dumb';
}
