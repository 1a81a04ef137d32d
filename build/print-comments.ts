import { commentSql, readComments } from './comments.ts';

// For a new migration, after a comment in schema.prisma or of a view has changed.
process.stdout.write(`${(await readComments()).map(commentSql).join('\n')}\n`);
