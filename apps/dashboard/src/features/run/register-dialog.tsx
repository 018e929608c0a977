/** Makes a run's classifier a version of a model, new or known. */
"use client";
import { Button, Dialog, Field, Input, TextArea, useToast } from "@convkit/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { useTRPC, type RunDetail } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { modelPath } from "../shell/links";

export interface RegisterDialogProps {
  run: RunDetail;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** More names nobody looks through. */
const MOST_MODELS = 1000;

export function RegisterDialog(props: RegisterDialogProps) {
  return (
    <Dialog
      open={props.open}
      onOpenChange={props.onOpenChange}
      title="Register as model version"
      description="The run becomes the next version of a model, which an alias such as champion can point to."
    >
      {props.open && <RegisterForm {...props} />}
    </Dialog>
  );
}

function RegisterForm({ run, onOpenChange }: RegisterDialogProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const toast = useToast();
  const queryClient = useQueryClient();
  const listId = useId();
  const known = useQuery(trpc.models.list.queryOptions({ limit: MOST_MODELS })).data?.models ?? [];
  const [model, setModel] = useState(`${run.dataset}-${run.model}`.slice(0, 200));
  const [description, setDescription] = useState("");
  const register = useMutation(
    trpc.models.register.mutationOptions({
      onSuccess: async (version) => {
        toast({
          title: `Registered as version ${version} of ${model.trim()}`,
          tone: "good",
          action: { label: "Open", onSelect: () => router.push(modelPath(model.trim())) },
        });
        onOpenChange(false);
        await Promise.all([
          queryClient.invalidateQueries({ queryKey: trpc.models.pathKey() }),
          queryClient.invalidateQueries({ queryKey: trpc.runs.byId.queryKey(run.id) }),
        ]);
      },
    }),
  );
  const next = known.find(({ name }) => name === model.trim())?.newest?.version ?? 0;
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        register.mutate({ model: model.trim(), runId: run.id, description });
      }}
    >
      <Field
        label="Model"
        help={next > 0 ? `Known: this becomes version ${next + 1}.` : "New: this becomes version 1."}
        error={register.error ? messageOfError(register.error) : undefined}
      >
        {(control) => (
          <Input
            {...control}
            list={listId}
            required
            maxLength={200}
            value={model}
            onChange={(event) => setModel(event.currentTarget.value)}
          />
        )}
      </Field>
      <datalist id={listId}>
        {known.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Field label="Description" help="What is new about it. Markdown.">
        {(control) => (
          <TextArea
            {...control}
            rows={3}
            maxLength={10_000}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
        )}
      </Field>
      <div className="flex justify-end gap-2">
        <Button variant="ghost" onClick={() => onOpenChange(false)}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={register.isPending} disabled={model.trim() === ""}>
          Register
        </Button>
      </div>
    </form>
  );
}
