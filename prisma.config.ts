import { config } from 'dotenv';
import { defineConfig } from 'prisma/config';

// As the program does it: `.env` tells what the environment does not. Without either, what needs no
// database (`prisma generate`) works all the same.
config({ quiet: true });
const url = process.env['DATABASE_URL'];

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(url ? { datasource: { url } } : {}),
});
