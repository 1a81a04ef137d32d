/**
 * What a transaction needs of its session, whatever the server, the role or a pooler has set: where
 * the tables are, times as the driver reads them, all digits, no compiling (it takes longer than any
 * of our statements), and an end when its client sleeps, so that a successor need not wait for it. $1
 * is the schema; null for the one that is current.
 */
export const SESSION_SETTINGS = `
SELECT set_config('search_path', quote_ident(coalesce($1::text, current_schema())), true),
  set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO', true),
  set_config('extra_float_digits', '1', true), set_config('jit', 'off', true),
  set_config('idle_in_transaction_session_timeout', '60s', true)`;
