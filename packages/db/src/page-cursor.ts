/**
 * Cursors of lists. One holds the sort key of a page's last row, and the next page is what sorts behind it: right
 * whatever came, went or moved meanwhile, and found without counting through the pages before.
 */
import { z } from "zod";

/** A cursor that no page gave. */
export class CursorError extends Error {
  override readonly name = "CursorError";
}

/** The infinities are no JSON; in a cursor they are their names, which PostgreSQL reads. */
export const CursorNumber = z.union([z.number(), z.enum(["Infinity", "-Infinity"])]);

/** PostgreSQL's texts hold no U+0000. */
export const CursorText = z.string().refine((text) => !text.includes("\0"));

/** What every list takes that answers with a page. */
export interface PageQuery {
  /** 1 to 1,000. Default 100. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

/**
 * @param rows read with one more than the page holds: whether there is another page.
 * @param keyOf as `encodeCursor` takes it.
 */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (last: Row) => readonly (number | string)[],
): { rows: Row[]; nextCursor?: string } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  if (last === undefined || rows.length <= limit) return { rows: shown };
  return { rows: shown, nextCursor: encodeCursor(keyOf(last)) };
}

/** @param key what the list is sorted by, ending in what no two rows share; no NaN. */
function encodeCursor(key: readonly (number | string)[]): string {
  const spelled = key.map((part) =>
    typeof part === "number" && !Number.isFinite(part) ? String(part) : part,
  );
  return Buffer.from(JSON.stringify(spelled)).toString("base64url");
}

/**
 * @param of what the pages list, as the error calls it.
 * @throws {CursorError}
 */
export function decodeCursor<Key>(text: string, key: z.ZodType<Key>, of: string): Key {
  try {
    return key.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
  } catch (cause) {
    throw new CursorError(
      `Expected the cursor of a page of ${of}. Received: another text. The first page takes no cursor.`,
      { cause },
    );
  }
}
