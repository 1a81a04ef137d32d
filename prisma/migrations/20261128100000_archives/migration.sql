-- What archives of EVE Ref brought, and how far a region reflects them.
ALTER TABLE "contracts" ADD COLUMN "source" TEXT NOT NULL DEFAULT 'esi';
ALTER TABLE "regions" ADD COLUMN "archive_last_modified" TIMESTAMPTZ(6),
  ADD COLUMN "history_last_modified" TIMESTAMPTZ(6);

-- Ended contracts whose items are stored and wait for their types.
CREATE INDEX "contracts_unclassified_idx" ON "contracts" ("contract_id")
  WHERE items_status = 'pending' AND status <> 'outstanding' AND source = 'everef';
-- Ended contracts of which an archive may still tell when they ended.
CREATE INDEX "contracts_open_end_idx" ON "contracts" ("region_id")
  WHERE source = 'everef' AND status <> 'outstanding' AND ended_after IS NULL;

CREATE TABLE "archive_imports" (
    "source" TEXT NOT NULL,
    "etag" TEXT,
    "taken_at" TIMESTAMPTZ(6) NOT NULL,
    "imported_at" TIMESTAMPTZ(6) NOT NULL,
    "imported_in" BIGINT NOT NULL,
    "contracts" INTEGER NOT NULL,
    "inserted" INTEGER NOT NULL,

    CONSTRAINT "archive_imports_pkey" PRIMARY KEY ("source")
);

COMMENT ON COLUMN "contracts"."source" IS 'Who told of it first: esi, or everef for an archive of EVE Ref.';
COMMENT ON COLUMN "regions"."archive_last_modified" IS 'Last-Modified of the listing that the newest imported archive holds.';
COMMENT ON COLUMN "regions"."history_last_modified" IS 'Last-Modified of the last listing of an archive from before its first snapshot.';
COMMENT ON TABLE "archive_imports" IS 'Archives of EVE Ref that were imported.';
COMMENT ON COLUMN "archive_imports"."source" IS 'Name of the file, or URL.';
COMMENT ON COLUMN "archive_imports"."etag" IS 'Of the URL''s last answer.';
COMMENT ON COLUMN "archive_imports"."taken_at" IS 'When EVE Ref began to read ESI for it.';
COMMENT ON COLUMN "archive_imports"."imported_at" IS 'When it was imported.';
COMMENT ON COLUMN "archive_imports"."imported_in" IS 'Number of the run that imported it.';
COMMENT ON COLUMN "archive_imports"."contracts" IS 'Contracts in it, of the regions that were wanted.';
COMMENT ON COLUMN "archive_imports"."inserted" IS 'Contracts that were not known before.';
