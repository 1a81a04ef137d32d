-- AlterTable
ALTER TABLE "contracts" ADD COLUMN "last_listed_at" TIMESTAMPTZ(6),
ADD COLUMN "ended_after" TIMESTAMPTZ(6),
ADD COLUMN "ended_before" TIMESTAMPTZ(6);

COMMENT ON COLUMN "contracts"."last_listed_at" IS 'ESI''s Last-Modified of the last complete listing that showed it, where later ones were cut off before it (1970: none did); else null.';
COMMENT ON COLUMN "contracts"."ended_after" IS 'It ended after this: ESI''s Last-Modified of the last complete listing that showed it.';
COMMENT ON COLUMN "contracts"."ended_before" IS 'It ended before this: ESI''s Last-Modified of the first complete listing that did not show it.';
