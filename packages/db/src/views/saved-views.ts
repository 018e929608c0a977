/** Views of a page that a reviewer keeps under a name: the page's own query string. */
import { connectionsOf, type Database } from "../database.js";
import { storableText } from "../ingest/storable-event.js";

export interface SavedViewRow {
  readonly id: string;
  /** Such as `runs`. */
  readonly page: string;
  readonly name: string;
  readonly query: string;
}

const COLUMNS = { id: true, page: true, name: true, query: true } as const;

/** By name. */
export function listViews(database: Database, page: string): Promise<SavedViewRow[]> {
  const { prisma } = connectionsOf(database);
  return prisma.savedView.findMany({
    where: { page },
    orderBy: { name: "asc" },
    take: 1000,
    select: COLUMNS,
  });
}

/** One of the same name is replaced. */
export function saveView(
  database: Database,
  { page, name, query }: Omit<SavedViewRow, "id">,
): Promise<SavedViewRow> {
  const { prisma } = connectionsOf(database);
  const view = { page, name: storableText(name), query: storableText(query) };
  return prisma.savedView.upsert({
    where: { page_name: { page, name: view.name } },
    create: view,
    update: { query: view.query },
    select: COLUMNS,
  });
}

/** Nothing happens if it is gone already. */
export async function deleteView(database: Database, id: string): Promise<void> {
  await connectionsOf(database).prisma.savedView.deleteMany({ where: { id } });
}
