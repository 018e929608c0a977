/** A job that looks at a data set where its files are: compares all pictures, and makes small ones. */
import { join } from "node:path";
import { findByHash, openDataset } from "@convkit/data";
import { DataSpec } from "@convkit/schema";
import { endOfError } from "./run-child.js";
import { sendViews } from "./send-views.js";
import type { Claimed, JobEnd, WorkerHost } from "./worker-host.js";

export async function serveInspectJob(
  { job: { source, contentHash, multiLabel, noLabel }, held }: Claimed<"inspect">,
  host: WorkerHost,
): Promise<JobEnd> {
  const { client, context, stopping } = host;
  const ending = new AbortController();
  const onStop = () => ending.abort();
  held.onDirective(onStop);
  if (stopping.aborted) onStop();
  stopping.addEventListener("abort", onStop, { once: true });
  try {
    const place = contentHash === undefined ? null : await findByHash(context.home, contentHash);
    const spec = DataSpec.parse({ source: place ?? source, multiLabel, noLabel, maxBadFraction: 1 });
    const dataset = await openDataset(spec, { home: context.home, signal: ending.signal });
    if (contentHash !== undefined && dataset.contentHash !== contentHash) {
      const reason =
        `Expected the data set with the content hash ${contentHash} at ${source}. Received: ${dataset.contentHash} there, ` +
        "on this worker: the pictures have changed, or are others than on the machine of the run.";
      return { kind: "fail", reason, retry: false };
    }
    const sent = await sendViews(dataset, {
      client,
      home: context.home,
      folder: join(context.home, "datasets", ".work"),
      signal: ending.signal,
    });
    host.note(`${dataset.name}: ${sent} small pictures made.`);
    return { kind: "complete" };
  } catch (error) {
    if (held.isLost) return { kind: "lost" };
    if (held.directive) return { kind: "complete" };
    if (stopping.aborted) return { kind: "fail", reason: "The worker was stopped.", retry: true };
    return endOfError(error as Error);
  } finally {
    stopping.removeEventListener("abort", onStop);
  }
}
