-- AlterTable
ALTER TABLE "esi_type_cache" ADD COLUMN "history_after" BIGINT;

-- AlterTable
ALTER TABLE "aggregation_runs" ADD COLUMN "all_regions" BOOLEAN;
