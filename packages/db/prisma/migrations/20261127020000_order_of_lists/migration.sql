-- CreateIndex
CREATE INDEX "dataset_created_at_content_hash_idx" ON "dataset"("created_at" DESC, "content_hash" DESC);

-- CreateIndex
CREATE INDEX "job_ended_at_id_idx" ON "job"("ended_at" DESC, "id" DESC);
