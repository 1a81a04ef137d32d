/** What a database URL says, as the driver wants it. */
export interface ServerUrl {
  readonly connectionString: string;
  /** Where the tables are; undefined for the one that the server looks in by itself. */
  readonly schema: string | undefined;
}

/** Takes out of a URL what the driver would not understand: `schema`, as Prisma writes it. */
export function readServerUrl(text: string): ServerUrl {
  const url = new URL(text);
  const schema = url.searchParams.get('schema') ?? undefined;
  if (schema === undefined) return { connectionString: text, schema };
  url.searchParams.delete('schema');
  return { connectionString: url.href, schema };
}
