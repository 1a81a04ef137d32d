import type { Options } from './command.ts';

/** Options of every command, taken before and after its name. */
export const GLOBAL_OPTIONS = {
  envFile: { value: '<path>', description: 'read settings from this file instead of .env' },
  logLevel: {
    value: '<level>',
    description: 'fatal, error, warn, info, debug, trace or silent',
    suggestions: 'log levels',
    setting: 'LOG_LEVEL',
  },
  logFile: { value: '<path>', description: 'append the log to this file', setting: 'LOG_FILE' },
} as const satisfies Options;

/** What is taken before a command's name: also what a command has to define for itself. */
export const PROGRAM_OPTIONS = {
  ...GLOBAL_OPTIONS,
  json: { description: 'print the result of the command as JSON' },
} as const satisfies Options;

/** What the help says of settings. */
export const SETTINGS_NOTE = `Settings come from options, else from environment variables, else from the file .env (or that of
--env-file). \`contracts-agg doctor\` checks them; the README lists them.`;
