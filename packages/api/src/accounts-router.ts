/** People: who is signed in, who else may, and how someone new gets in. */
import {
  createInvitation,
  deletePerson,
  InvitationError,
  listInvitations,
  listPeople,
  revokeInvitation,
} from "@convkit/db";
import { z } from "zod";
import { adminProcedure, publicProcedure, router } from "./trpc.js";

export const accountsRouter = router({
  /** What a page needs to know before it shows anything. */
  session: publicProcedure.query(({ ctx }) => ({
    caller: ctx.caller,
    /** Whether this server demands sign-in. */
    demandsSignIn: ctx.accounts !== null,
  })),

  people: adminProcedure.query(({ ctx }) => listPeople(ctx.database)),

  /** @returns the secret of the link `/sign-up?invitation=…`, which is seen this once. */
  invite: adminProcedure
    .input(z.object({ role: z.enum(["admin", "user"]) }))
    .mutation(({ ctx, input }) => createInvitation(ctx.database, input.role)),

  /** Those that nobody has followed yet. */
  invitations: adminProcedure.query(({ ctx }) => listInvitations(ctx.database)),

  revokeInvitation: adminProcedure
    .input(z.uuid())
    .mutation(({ ctx, input }) => revokeInvitation(ctx.database, input)),

  accept: publicProcedure
    .input(
      z.object({
        secret: z.string().min(1).max(200),
        name: z.string().trim().min(1).max(100),
        email: z.email().max(300),
        password: z.string().max(1000),
      }),
    )
    .mutation(({ ctx, input }) => {
      if (ctx.accounts) return ctx.accounts.acceptInvitation(input);
      throw new InvitationError(
        "Expected a dashboard that people sign in to. Received: one that is bound to this machine alone.",
      );
    }),

  deletePerson: adminProcedure
    .input(z.string().min(1).max(200))
    .mutation(({ ctx, input }) => deletePerson(ctx.database, input)),
});
