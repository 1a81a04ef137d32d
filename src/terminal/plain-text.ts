import { stripVTControlCharacters } from 'node:util';

/** Ends a line, though it is no control character. */
const LINE_ENDS = '\u2028\u2029';
/** Turns the direction of what follows: a title could show a price that is none. */
const BIDI_CONTROLS = '\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069';
const BIDI_CONTROL = new RegExp(`[${BIDI_CONTROLS}]`, 'g');
const BREAK_OR_CONTROL = new RegExp(`[\\p{Cc}${LINE_ENDS}]`, 'gu');
/** What JSON leaves as it is although a terminal obeys it. */
const UNSAFE_IN_JSON = new RegExp(`[\\u007f-\\u009f${LINE_ENDS}${BIDI_CONTROLS}]`, 'g');

/** Players write titles: what could steer a terminal, or break a line, is taken out. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text).replace(BIDI_CONTROL, '').replace(BREAK_OR_CONTROL, ' ');
}

/** JSON that says exactly what the value says, and that a terminal prints as it is. */
export function plainJson(value: unknown, indent?: number): string {
  return escapedJson(JSON.stringify(value, null, indent));
}

/** As `plainJson`, for what is JSON already. */
export function escapedJson(json: string): string {
  return json.replace(
    UNSAFE_IN_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
