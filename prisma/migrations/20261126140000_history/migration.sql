-- AlterTable
ALTER TABLE "esi_type_cache" ADD COLUMN "history_after" BIGINT;
