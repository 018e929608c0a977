/** What reviewers change about runs: names, tags, notes, the archive. */
import { connectionsOf, type Database } from "../database.js";
import { storableText } from "../ingest/storable-event.js";
import { checkRuns, type NoteRow } from "./get-run.js";

/** @throws {RunNotFoundError} */
export async function renameRun(database: Database, id: string, name: string): Promise<void> {
  await checkRuns(database, [id]);
  await connectionsOf(database).prisma.run.update({ where: { id }, data: { name: storableText(name) } });
}

export interface TagChange {
  readonly ids: readonly string[];
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** @throws {RunNotFoundError} */
export async function tagRuns(database: Database, { ids, add, remove }: TagChange): Promise<void> {
  await checkRuns(database, ids);
  const { prisma } = connectionsOf(database);
  await prisma.$transaction([
    prisma.tag.deleteMany({ where: { runId: { in: [...ids] }, name: { in: remove.map(storableText) } } }),
    prisma.tag.createMany({
      data: ids.flatMap((runId) => add.map((name) => ({ runId, name: storableText(name) }))),
      skipDuplicates: true,
    }),
  ]);
}

/** @throws {RunNotFoundError} */
export async function archiveRuns(
  database: Database,
  ids: readonly string[],
  archived: boolean,
): Promise<void> {
  await checkRuns(database, ids);
  await connectionsOf(database).prisma.run.updateMany({
    where: { id: { in: [...ids] } },
    data: { archivedAt: archived ? new Date() : null },
  });
}

/** No note has that id. */
export class NoteNotFoundError extends Error {
  override readonly name = "NoteNotFoundError";
}

/**
 * @param body Markdown.
 * @throws {RunNotFoundError}
 */
export async function addNote(database: Database, runId: string, body: string): Promise<NoteRow> {
  await checkRuns(database, [runId]);
  const note = await connectionsOf(database).prisma.note.create({
    data: { runId, body: storableText(body) },
  });
  return toNoteRow(note);
}

/** @throws {NoteNotFoundError} */
export async function editNote(database: Database, id: string, body: string): Promise<NoteRow> {
  const { prisma } = connectionsOf(database);
  const { count } = await prisma.note.updateMany({ where: { id }, data: { body: storableText(body) } });
  if (count === 0) throw new NoteNotFoundError(`Expected the id of a note. Received: ${id}, which is none.`);
  return toNoteRow(await prisma.note.findUniqueOrThrow({ where: { id } }));
}

/** Nothing happens if it is gone already. */
export async function deleteNote(database: Database, id: string): Promise<void> {
  await connectionsOf(database).prisma.note.deleteMany({ where: { id } });
}

function toNoteRow(note: { id: string; body: string; createdAt: Date; updatedAt: Date }): NoteRow {
  return {
    id: note.id,
    body: note.body,
    createdAt: note.createdAt.getTime(),
    updatedAt: note.updatedAt.getTime(),
  };
}
