/** What reviewers change about runs: names, tags, notes, the archive. */
import { connectionsOf, type Database } from "../database.js";
import { storableText } from "../ingest/storable-event.js";
import { tellOfRuns } from "../ingest/run-channel.js";
import { checkRuns, type NoteRow } from "./get-run.js";

/** @throws {RunNotFoundError} */
export async function renameRun(database: Database, id: string, name: string): Promise<void> {
  await checkRuns(database, [id]);
  const { prisma, pool } = connectionsOf(database);
  await prisma.run.update({ where: { id }, data: { name: storableText(name) } });
  await tellOfRuns(pool, [id]);
}

export interface TagChange {
  readonly ids: readonly string[];
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** @throws {RunNotFoundError} */
export async function tagRuns(database: Database, { ids, add, remove }: TagChange): Promise<void> {
  await checkRuns(database, ids);
  const { prisma, pool } = connectionsOf(database);
  await prisma.$transaction([
    prisma.tag.deleteMany({ where: { runId: { in: [...ids] }, name: { in: remove.map(storableText) } } }),
    prisma.tag.createMany({
      data: ids.flatMap((runId) => add.map((name) => ({ runId, name: storableText(name) }))),
      skipDuplicates: true,
    }),
  ]);
  await tellOfRuns(pool, ids);
}

/** @throws {RunNotFoundError} */
export async function archiveRuns(
  database: Database,
  ids: readonly string[],
  archived: boolean,
): Promise<void> {
  await checkRuns(database, ids);
  const { prisma, pool } = connectionsOf(database);
  await prisma.run.updateMany({
    where: { id: { in: [...ids] } },
    data: { archivedAt: archived ? new Date() : null },
  });
  await tellOfRuns(pool, ids);
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
  const { prisma, pool } = connectionsOf(database);
  const note = await prisma.note.create({ data: { runId, body: storableText(body) } });
  await tellOfRuns(pool, [runId]);
  return toNoteRow(note);
}

/** @throws {NoteNotFoundError} */
export async function editNote(database: Database, id: string, body: string): Promise<NoteRow> {
  const { prisma, pool } = connectionsOf(database);
  const [note] = await prisma.note.updateManyAndReturn({ where: { id }, data: { body: storableText(body) } });
  if (!note) throw new NoteNotFoundError(`Expected the id of a note. Received: ${id}, which is none.`);
  await tellOfRuns(pool, [note.runId]);
  return toNoteRow(note);
}

/** Nothing happens if it is gone already. */
export async function deleteNote(database: Database, id: string): Promise<void> {
  const { prisma, pool } = connectionsOf(database);
  const note = await prisma.note.findUnique({ where: { id }, select: { runId: true } });
  if (!note) return;
  await prisma.note.deleteMany({ where: { id } });
  await tellOfRuns(pool, [note.runId]);
}

function toNoteRow(note: { id: string; body: string; createdAt: Date; updatedAt: Date }): NoteRow {
  return {
    id: note.id,
    body: note.body,
    createdAt: note.createdAt.getTime(),
    updatedAt: note.updatedAt.getTime(),
  };
}
