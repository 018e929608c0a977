/** Which judged pictures a run has wrong: the few pages of mistakes, rather than all that was judged. */
import type { useTRPCClient } from "../../trpc/context";

/** Of the server's pages. */
const PAGE = 1000;
/** A projection has 10,000 pictures at most; of more mistakes than this, the surest are told. */
const MOST_PAGES = 50;

export async function readWrongIds(
  client: ReturnType<typeof useTRPCClient>,
  { runId, split, signal }: { runId: string; split: string; signal: AbortSignal },
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const found = await client.runs.pictures.query(
      { runId, split, outcome: "wrong", limit: PAGE, ...(cursor !== undefined && { cursor }) },
      { signal },
    );
    for (const { id } of found.pictures) ids.add(id);
    cursor = found.nextCursor;
    if (cursor === undefined) break;
  }
  return ids;
}
