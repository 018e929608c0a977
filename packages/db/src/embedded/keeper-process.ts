/** Entry of the keeper's process: reads what to keep from its first argument, and tells its parent how that went. */
import { keepCluster, type KeeperOptions } from "./keeper.js";

/** What the keeper says once. */
export type KeeperMessage = { type: "ready" } | { type: "failed"; message: string };

function tell(message: KeeperMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || !process.send) return resolve();
    process.send(message, undefined, undefined, () => resolve());
  });
}

// The parent may be gone before it was told.
process.on("disconnect", () => undefined);
process.on("SIGINT", () => undefined);
process.on("SIGHUP", () => undefined);
try {
  const { ended } = await keepCluster(JSON.parse(process.argv[2] ?? "{}") as KeeperOptions);
  await tell({ type: "ready" });
  process.disconnect?.();
  await ended;
  process.exit(0);
} catch (error) {
  await tell({ type: "failed", message: (error as Error).message });
  process.exit(1);
}
