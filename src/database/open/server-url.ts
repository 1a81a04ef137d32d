/** What a database URL says, as the driver wants it. */
export interface ServerUrl {
  readonly connectionString: string;
  /** Settings of the session, as on the server's command line. */
  readonly options: string;
  /** Where the tables are; undefined for the one that the server looks in by itself. */
  readonly schema: string | undefined;
}

/** The adapter sends and reads times without their zone. */
const IN_UTC = '-c TimeZone=UTC';

/**
 * Takes out of a URL what the driver would not understand (`schema`, as Prisma writes it), or would
 * prefer to what the program needs (`options`).
 */
export function readServerUrl(text: string): ServerUrl {
  const { searchParams } = new URL(text);
  const schema = searchParams.get('schema') ?? undefined;
  const given = searchParams.get('options');
  if (schema === undefined && given === null) {
    return { connectionString: text, options: IN_UTC, schema };
  }
  const url = new URL(text);
  url.searchParams.delete('schema');
  url.searchParams.delete('options');
  const path = schema === undefined ? [] : [`-c search_path="${schema}"`];
  const options = [...(given === null ? [] : [given]), ...path, IN_UTC].join(' ');
  return { connectionString: url.href, options, schema };
}
