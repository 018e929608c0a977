-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "run_status" AS ENUM ('queued', 'running', 'completed', 'stopped', 'interrupted', 'failed', 'lost');

-- CreateEnum
CREATE TYPE "model_stage" AS ENUM ('none', 'staging', 'production', 'archived');

-- CreateTable
CREATE TABLE "experiment" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "experiment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run" (
    "id" TEXT NOT NULL,
    "experiment_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "status" "run_status" NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "config" JSONB NOT NULL,
    "model_name" TEXT NOT NULL,
    "dataset_name" TEXT NOT NULL,
    "dataset_hash" TEXT,
    "engine" TEXT,
    "device" TEXT,
    "parameters" BIGINT,
    "flops" DOUBLE PRECISION,
    "epochs" INTEGER NOT NULL,
    "steps_per_epoch" INTEGER,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "step" INTEGER NOT NULL DEFAULT 0,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "images_per_second" DOUBLE PRECISION,
    "folder" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "last_event_at" TIMESTAMPTZ(3),
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "param" (
    "run_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "number" DOUBLE PRECISION,

    CONSTRAINT "param_pkey" PRIMARY KEY ("run_id","key")
);

-- CreateTable
CREATE TABLE "tag" (
    "run_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "tag_pkey" PRIMARY KEY ("run_id","name")
);

-- CreateTable
CREATE TABLE "note" (
    "id" UUID NOT NULL,
    "run_id" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "note_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run_attempt" (
    "run_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "from_step" INTEGER,
    "received" int4multirange NOT NULL DEFAULT '{}'::int4multirange,

    CONSTRAINT "run_attempt_pkey" PRIMARY KEY ("run_id","attempt")
);

-- CreateTable
CREATE TABLE "metric_chunk" (
    "run_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "first_step" INTEGER NOT NULL,
    "steps" INTEGER[],
    "times" DOUBLE PRECISION[],
    "values" DOUBLE PRECISION[],

    CONSTRAINT "metric_chunk_pkey" PRIMARY KEY ("run_id","key","attempt","first_step")
);

-- CreateTable
CREATE TABLE "metric" (
    "run_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "nan_count" INTEGER NOT NULL,
    "min" DOUBLE PRECISION,
    "min_step" INTEGER,
    "max" DOUBLE PRECISION,
    "max_step" INTEGER,
    "last" DOUBLE PRECISION NOT NULL,
    "last_step" INTEGER NOT NULL,
    "last_time" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "metric_pkey" PRIMARY KEY ("run_id","key")
);

-- CreateTable
CREATE TABLE "run_event" (
    "id" BIGSERIAL NOT NULL,
    "run_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "sequence" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "timestamp" TIMESTAMPTZ(3) NOT NULL,
    "body" JSONB NOT NULL,

    CONSTRAINT "run_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "parked_event" (
    "run_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "sequence" INTEGER NOT NULL,
    "event" JSONB NOT NULL,

    CONSTRAINT "parked_event_pkey" PRIMARY KEY ("run_id","attempt","sequence")
);

-- CreateTable
CREATE TABLE "deleted_run" (
    "run_id" TEXT NOT NULL,
    "deleted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deleted_run_pkey" PRIMARY KEY ("run_id")
);

-- CreateTable
CREATE TABLE "journal_cursor" (
    "path" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,

    CONSTRAINT "journal_cursor_pkey" PRIMARY KEY ("path")
);

-- CreateTable
CREATE TABLE "blob" (
    "sha256" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "blob_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "artifact" (
    "run_id" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "media_type" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "sequence" INTEGER NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL,
    "blob_sha256" TEXT,

    CONSTRAINT "artifact_pkey" PRIMARY KEY ("run_id","path")
);

-- CreateTable
CREATE TABLE "prediction" (
    "run_id" TEXT NOT NULL,
    "split" TEXT NOT NULL,
    "class_names" TEXT[],
    "picture_ids" TEXT[],
    "labels" INTEGER[],
    "predictions" INTEGER[],
    "probabilities" REAL[],
    "report" JSONB,

    CONSTRAINT "prediction_pkey" PRIMARY KEY ("run_id","split")
);

-- CreateTable
CREATE TABLE "dataset" (
    "content_hash" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "card" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dataset_pkey" PRIMARY KEY ("content_hash")
);

-- CreateTable
CREATE TABLE "thumbnail" (
    "dataset_hash" TEXT NOT NULL,
    "picture_id" TEXT NOT NULL,
    "split" TEXT NOT NULL,
    "label" INTEGER,
    "blob_sha256" TEXT NOT NULL,
    "offset" INTEGER NOT NULL,
    "size_bytes" INTEGER NOT NULL,

    CONSTRAINT "thumbnail_pkey" PRIMARY KEY ("dataset_hash","picture_id")
);

-- CreateTable
CREATE TABLE "model" (
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "model_version" (
    "model_name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "run_id" TEXT NOT NULL,
    "stage" "model_stage" NOT NULL DEFAULT 'none',
    "description" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_version_pkey" PRIMARY KEY ("model_name","version")
);

-- CreateTable
CREATE TABLE "model_alias" (
    "model_name" TEXT NOT NULL,
    "alias" TEXT NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "model_alias_pkey" PRIMARY KEY ("model_name","alias")
);

-- CreateTable
CREATE TABLE "saved_view" (
    "id" UUID NOT NULL,
    "page" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saved_view_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "experiment_name_key" ON "experiment"("name");

-- CreateIndex
CREATE INDEX "run_created_at_id_idx" ON "run"("created_at" DESC, "id");

-- CreateIndex
CREATE INDEX "run_experiment_id_idx" ON "run"("experiment_id");

-- CreateIndex
CREATE INDEX "run_status_idx" ON "run"("status");

-- CreateIndex
CREATE INDEX "run_dataset_hash_idx" ON "run"("dataset_hash");

-- CreateIndex
CREATE INDEX "param_key_idx" ON "param"("key");

-- CreateIndex
CREATE INDEX "tag_name_idx" ON "tag"("name");

-- CreateIndex
CREATE INDEX "note_run_id_idx" ON "note"("run_id");

-- CreateIndex
CREATE INDEX "metric_key_idx" ON "metric"("key");

-- CreateIndex
CREATE UNIQUE INDEX "run_event_run_id_attempt_sequence_key" ON "run_event"("run_id", "attempt", "sequence");

-- CreateIndex
CREATE INDEX "artifact_blob_sha256_idx" ON "artifact"("blob_sha256");

-- CreateIndex
CREATE INDEX "artifact_sha256_idx" ON "artifact"("sha256");

-- CreateIndex
CREATE INDEX "thumbnail_dataset_hash_split_label_idx" ON "thumbnail"("dataset_hash", "split", "label");

-- CreateIndex
CREATE INDEX "thumbnail_blob_sha256_idx" ON "thumbnail"("blob_sha256");

-- CreateIndex
CREATE INDEX "model_version_run_id_idx" ON "model_version"("run_id");

-- CreateIndex
CREATE UNIQUE INDEX "saved_view_page_name_key" ON "saved_view"("page", "name");

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_dataset_hash_fkey" FOREIGN KEY ("dataset_hash") REFERENCES "dataset"("content_hash") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "param" ADD CONSTRAINT "param_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tag" ADD CONSTRAINT "tag_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "note" ADD CONSTRAINT "note_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_attempt" ADD CONSTRAINT "run_attempt_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "metric_chunk" ADD CONSTRAINT "metric_chunk_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "metric" ADD CONSTRAINT "metric_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_event" ADD CONSTRAINT "run_event_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "artifact" ADD CONSTRAINT "artifact_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "artifact" ADD CONSTRAINT "artifact_blob_sha256_fkey" FOREIGN KEY ("blob_sha256") REFERENCES "blob"("sha256") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "prediction" ADD CONSTRAINT "prediction_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "thumbnail" ADD CONSTRAINT "thumbnail_dataset_hash_fkey" FOREIGN KEY ("dataset_hash") REFERENCES "dataset"("content_hash") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "thumbnail" ADD CONSTRAINT "thumbnail_blob_sha256_fkey" FOREIGN KEY ("blob_sha256") REFERENCES "blob"("sha256") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_version" ADD CONSTRAINT "model_version_model_name_fkey" FOREIGN KEY ("model_name") REFERENCES "model"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_version" ADD CONSTRAINT "model_version_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_alias" ADD CONSTRAINT "model_alias_model_name_fkey" FOREIGN KEY ("model_name") REFERENCES "model"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_alias" ADD CONSTRAINT "model_alias_model_name_version_fkey" FOREIGN KEY ("model_name", "version") REFERENCES "model_version"("model_name", "version") ON DELETE CASCADE ON UPDATE CASCADE;

-- Numbers are read far more often than written, and compress badly.
ALTER TABLE "metric_chunk"
  ALTER COLUMN "steps" SET STORAGE EXTERNAL,
  ALTER COLUMN "times" SET STORAGE EXTERNAL,
  ALTER COLUMN "values" SET STORAGE EXTERNAL;
ALTER TABLE "prediction" ALTER COLUMN "probabilities" SET STORAGE EXTERNAL;

-- For SQL by hand: one point a row, the ones that a later attempt superseded left out.
CREATE VIEW "point" AS
SELECT DISTINCT ON (chunk."run_id", chunk."key", sample."step")
  chunk."run_id",
  chunk."key",
  chunk."attempt",
  sample."step",
  sample."step"::double precision / run."steps_per_epoch" AS "epoch",
  to_timestamp(sample."time" / 1000) AS "time",
  sample."value"
FROM "metric_chunk" AS chunk
JOIN "run" AS run ON run."id" = chunk."run_id"
CROSS JOIN LATERAL unnest(chunk."steps", chunk."times", chunk."values") AS sample("step", "time", "value")
WHERE sample."step" <= (
  -- Whoever begins anew supersedes what was said before the first step, too.
  SELECT coalesce(min(CASE later."from_step" WHEN 0 THEN -1 ELSE later."from_step" END), 2147483647)
  FROM "run_attempt" AS later
  WHERE later."run_id" = chunk."run_id" AND later."attempt" > chunk."attempt"
)
ORDER BY chunk."run_id", chunk."key", sample."step", chunk."attempt" DESC;

-- For SQL by hand: one picture a row.
CREATE VIEW "predicted_picture" AS
SELECT
  prediction."run_id",
  prediction."split",
  picture."id" AS "picture_id",
  prediction."class_names"[picture."label" + 1] AS "label",
  prediction."class_names"[picture."guess" + 1] AS "prediction",
  prediction."probabilities"[
    (picture."index" - 1) * cardinality(prediction."class_names") + picture."guess" + 1
  ] AS "probability"
FROM "prediction" AS prediction
CROSS JOIN LATERAL unnest(prediction."picture_ids", prediction."labels", prediction."predictions")
  WITH ORDINALITY AS picture("id", "label", "guess", "index");
