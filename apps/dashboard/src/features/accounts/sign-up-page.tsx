/** Where somebody who was invited makes an account, once. */
"use client";
import { Button, Field, Input } from "@convkit/ui";
import { useMutation } from "@tanstack/react-query";
import { Link } from "../shell/link";
import { useState } from "react";
import { useTRPC } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { useUrlState } from "../shell/url-state";
import { Entrance } from "./entrance";
import { PasswordField } from "./password-field";
import { signIn } from "./sign-in";

const SHORTEST_PASSWORD = 10;

export function SignUpPage() {
  const [params] = useUrlState();
  const secret = params.get("invitation");
  if (!secret) {
    return (
      <Entrance title="An invitation is needed">
        <p className="mb-4 text-sm text-ink-2">
          Accounts are made by a link that an administrator of this dashboard makes for you. This address has
          none in it; it may have been cut off.
        </p>
        <Button asChild>
          <Link href="/sign-in">Sign in</Link>
        </Button>
      </Entrance>
    );
  }
  return (
    <Entrance title="Make your account" footer="The link works once, and for seven days.">
      <SignUpForm secret={secret} />
    </Entrance>
  );
}

function SignUpForm({ secret }: { secret: string }) {
  const trpc = useTRPC();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const accept = useMutation(
    trpc.accounts.accept.mutationOptions({
      onSuccess: async () => {
        const refusal = await signIn({ email: email.trim(), password });
        // The account is made in any case.
        window.location.assign(refusal === null ? "/runs" : "/sign-in");
      },
    }),
  );
  return (
    <form
      method="post"
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        accept.mutate({ secret, name: name.trim(), email: email.trim(), password });
      }}
    >
      <Field label="Name" help="Others see it.">
        {(control) => (
          <Input
            {...control}
            name="name"
            autoComplete="name"
            autoFocus
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label="E-mail address" help="You sign in with it. Nothing is sent there.">
        {(control) => (
          <Input
            {...control}
            name="email"
            type="email"
            autoComplete="username"
            required
            maxLength={300}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
        )}
      </Field>
      <PasswordField
        value={password}
        onValueChange={setPassword}
        autoComplete="new-password"
        minLength={SHORTEST_PASSWORD}
        help={`At least ${SHORTEST_PASSWORD} characters.`}
      />
      {accept.error && (
        <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm whitespace-pre-wrap text-bad">
          {messageOfError(accept.error)}
        </p>
      )}
      <Button type="submit" variant="primary" busy={accept.isPending || accept.isSuccess}>
        Make the account
      </Button>
    </form>
  );
}
