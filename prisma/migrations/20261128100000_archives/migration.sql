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
