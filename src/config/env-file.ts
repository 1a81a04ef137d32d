import dotenv from 'dotenv';
import { ConfigError } from '../errors.ts';
import { isSlip } from '../names.ts';
import { SETTING_NAMES } from './settings.ts';

/** What a settings file says. */
export interface EnvFile {
  readonly values: Readonly<Record<string, string>>;
  /** Names in it that are nearly those of settings, each with the one that is meant. */
  readonly slips: readonly { readonly name: string; readonly meant: string }[];
}

/**
 * Reads a settings file: UTF-8, or UTF-16 as PowerShell's `>` writes it.
 *
 * @param path as it is called in what is thrown
 * @throws ConfigError when it is no text
 */
export function parseEnvFile(bytes: Uint8Array, path: string): EnvFile {
  const text = textOf(bytes);
  if (text === undefined) {
    throw new ConfigError([`--env-file: ${path} is no text: save it as UTF-8`]);
  }
  const values = dotenv.parse(text);
  return { values, slips: Object.keys(values).flatMap(slipOf) };
}

/** Undefined for what cannot be read as text. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

/** By the mark at its beginning. */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

function slipOf(name: string): EnvFile['slips'] {
  const isKnown = (SETTING_NAMES as readonly string[]).includes(name);
  if (isKnown) return [];
  const upper = name.toUpperCase();
  const meant = SETTING_NAMES.find((setting) => isSlip(upper, setting));
  return meant === undefined ? [] : [{ name, meant }];
}
