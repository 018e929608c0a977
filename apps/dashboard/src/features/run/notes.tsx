/** What people wrote about a run, in Markdown, read first and edited in place. */
"use client";
import { Button, Card, formatRelativeTime, IconButton, Skeleton, TextArea, useToast } from "@convkit/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTRPC, type NoteRow, type RunDetail } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { useSeen } from "../curves/use-seen";
import { lazyPart } from "../shell/lazy-part";
import { useNow } from "../shell/use-now";

const Markdown = lazyPart(
  () => import("./markdown").then((module) => module.Markdown),
  () => <Skeleton className="w-2/3" />,
);

export function Notes({ run }: { run: RunDetail }) {
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState("");
  const [editing, setEditing] = useState<string | null>(null);
  const settle = {
    onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.runs.byId.queryKey(run.id) }),
    onError: (error: unknown) =>
      toast({ title: "The note was not saved", description: messageOfError(error), tone: "bad" as const }),
  };
  const add = useMutation(trpc.runs.addNote.mutationOptions(settle));
  const edit = useMutation(trpc.runs.editNote.mutationOptions(settle));
  const remove = useMutation(trpc.runs.deleteNote.mutationOptions(settle));

  return (
    <Card title="Notes" detail="Markdown">
      <ul className="flex flex-col gap-3">
        {run.notes.map((note) => (
          <li key={note.id} className="border-b border-line pb-3">
            {editing === note.id ? (
              <NoteForm
                label="Edit the note"
                initial={note.body}
                busy={edit.isPending}
                onCancel={() => setEditing(null)}
                onSave={(body) => edit.mutate({ id: note.id, body }, { onSuccess: () => setEditing(null) })}
              />
            ) : (
              <NoteView
                note={note}
                onEdit={() => setEditing(note.id)}
                onDelete={() => remove.mutate(note.id)}
              />
            )}
          </li>
        ))}
      </ul>
      <form
        className="mt-3 flex flex-col items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (draft.trim() !== "")
            add.mutate({ runId: run.id, body: draft }, { onSuccess: () => setDraft("") });
        }}
      >
        <TextArea
          aria-label="New note"
          placeholder="What did you see, and what follows from it?"
          rows={draft === "" ? 1 : 5}
          maxLength={100_000}
          value={draft}
          onChange={(event) => setDraft(event.currentTarget.value)}
        />
        {draft.trim() !== "" && (
          <Button type="submit" variant="primary" busy={add.isPending}>
            Add the note
          </Button>
        )}
      </form>
    </Card>
  );
}

function NoteView({ note, onEdit, onDelete }: { note: NoteRow; onEdit: () => void; onDelete: () => void }) {
  const nowMs = useNow();
  // What reads Markdown weighs as much as the charts do, and notes stand at the end of the page.
  const [ref, seen] = useSeen<HTMLDivElement>("0px");
  return (
    <div ref={ref}>
      {seen ? <Markdown text={note.body} /> : <Skeleton className="w-2/3" />}
      <p className="mt-1 flex items-center gap-1 text-xs text-ink-3">
        <span className="flex-1">
          {nowMs === null ? "" : formatRelativeTime(nowMs, note.updatedAt)}
          {note.updatedAt - note.createdAt > 1000 ? ", edited" : ""}
        </span>
        <IconButton size="sm" label="Edit the note" onClick={onEdit}>
          <Pencil className="size-3.5" aria-hidden="true" />
        </IconButton>
        <IconButton size="sm" label="Delete the note" onClick={onDelete}>
          <Trash2 className="size-3.5" aria-hidden="true" />
        </IconButton>
      </p>
    </div>
  );
}

interface NoteFormProps {
  label: string;
  initial: string;
  busy: boolean;
  onSave: (body: string) => void;
  onCancel: () => void;
}

function NoteForm({ label, initial, busy, onSave, onCancel }: NoteFormProps) {
  const [body, setBody] = useState(initial);
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (body.trim() !== "") onSave(body);
      }}
    >
      <TextArea
        aria-label={label}
        autoFocus
        rows={6}
        maxLength={100_000}
        value={body}
        onChange={(event) => setBody(event.currentTarget.value)}
      />
      <div className="flex justify-end gap-2">
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={busy} disabled={body.trim() === ""}>
          Save
        </Button>
      </div>
    </form>
  );
}
