/** A waiting job before or behind its neighbour, by as few changed priorities as that takes. */
import type { JobRow } from "../../trpc/context";

type Waiting = Pick<JobRow, "id" | "priority" | "createdAt">;

export interface PriorityChange {
  readonly id: string;
  readonly priority: number;
}

/**
 * @param waiting in their order: higher priorities first, then the older ones.
 * @returns nothing if there is no neighbour.
 */
export function moveJob(waiting: readonly Waiting[], id: string, step: -1 | 1): PriorityChange[] {
  const from = waiting.findIndex((job) => job.id === id);
  const to = from + step;
  if (from < 0 || to < 0 || to >= waiting.length) return [];
  const order = [...waiting];
  [order[from], order[to]] = [order[to]!, order[from]!];
  const changes: PriorityChange[] = [];
  let next: Waiting | undefined;
  // From the end, so that each has to be raised over those behind it alone.
  for (const job of order.toReversed()) {
    const isOlder = next !== undefined && job.createdAt < next.createdAt;
    const least = next === undefined ? job.priority : next.priority + (isOlder ? 0 : 1);
    const priority = Math.max(job.priority, least);
    if (priority !== job.priority) changes.push({ id: job.id, priority });
    next = { ...job, priority };
  }
  return changes;
}
