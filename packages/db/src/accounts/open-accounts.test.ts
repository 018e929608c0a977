import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { connectionsOf } from "../database.js";
import { createInvitation, createSetupInvitation, listInvitations, revokeInvitation } from "./invitations.js";
import { deletePerson, listPeople, openAccounts, type Accounts } from "./open-accounts.js";

const BASE_URL = "https://convkit.example.org";
const PASSWORD = "correct horse battery";

let test: TestDatabase;
let accounts: Accounts;
beforeAll(async () => {
  test = await createTestDatabase();
  accounts = await openAccounts(test.database, { secret: "0123456789".repeat(4), baseUrl: BASE_URL });
});
afterAll(() => test.database.close());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  accounts.handle(
    new Request(`${BASE_URL}/api/auth${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: BASE_URL, ...headers },
      body: JSON.stringify(body),
    }),
  );

const cookiesOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";", 1)[0])
    .join("; ");

describe("accounts", () => {
  it("are made by a link, once, and the first one is an administrator's", async () => {
    const earlier = await createSetupInvitation(test.database);
    const secret = (await createSetupInvitation(test.database))!;
    const person = { secret, name: "Ada", email: " Ada@Example.org ", password: PASSWORD };
    await expect(accounts.acceptInvitation({ ...person, secret: earlier! })).rejects.toThrow("was used");
    const both = await Promise.allSettled([
      accounts.acceptInvitation(person),
      accounts.acceptInvitation({ ...person, email: "eve@example.org" }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await listPeople(test.database)).toHaveLength(1);
    expect(await createSetupInvitation(test.database)).toBeNull();
    await connectionsOf(test.database).pool.query(
      "UPDATE auth_user SET email = 'ada@example.org', name = 'Ada'",
    );
    expect((await listPeople(test.database))[0]).toMatchObject({ name: "Ada", role: "admin" });
  });

  it("are signed in to by password, with a cookie that no script and no other site can use", async () => {
    const answer = await post("/sign-in/email", { email: "ada@example.org", password: PASSWORD });
    expect(answer.status).toBe(200);
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^__Secure-convkit\.session_token=/);
    for (const attribute of [/; HttpOnly/i, /; Secure/i, /; SameSite=Strict/i])
      expect(cookie).toMatch(attribute);
    const user = await accounts.findUser(new Headers({ cookie: cookiesOf(answer) }));
    expect(user).toMatchObject({ name: "Ada", email: "ada@example.org", isAdmin: true });
    const { rows } = await connectionsOf(test.database).pool.query<{ password: string }>(
      "SELECT password FROM auth_account",
    );
    expect(rows[0]?.password).not.toContain(PASSWORD);

    const out = await post("/sign-out", {}, { cookie: cookiesOf(answer) });
    expect(out.status).toBe(200);
    expect(await accounts.findUser(new Headers({ cookie: cookiesOf(answer) }))).toBeNull();
  });

  it("stay closed to a wrong password and a forged cookie", async () => {
    const right = { email: "ada@example.org", password: PASSWORD };
    expect((await post("/sign-in/email", { ...right, password: "wrong horse" })).status).toBe(401);
    expect((await post("/sign-in/email", { ...right, email: "nobody@example.org" })).status).toBe(401);
    const forged = new Headers({ cookie: "__Secure-convkit.session_token=abc.def" });
    expect(await accounts.findUser(forged)).toBeNull();
  });

  it("are not to be made without a link", async () => {
    const person = { name: "Eve", email: "eve@example.org", password: PASSWORD };
    expect((await post("/sign-up/email", person)).status).toBe(400);
    await expect(accounts.acceptInvitation({ secret: "guess", ...person })).rejects.toThrow(
      "Expected the link of an invitation",
    );
    const old = await createInvitation(test.database, "user");
    await connectionsOf(test.database).pool.query(
      "UPDATE invitation SET expires_at = now() - interval '1 second' WHERE used_at IS NULL",
    );
    await expect(accounts.acceptInvitation({ secret: old, ...person })).rejects.toThrow("older than 7 days");
  });

  it("need a password worth the name, and an address of their own; a link survives both mistakes", async () => {
    const secret = await createInvitation(test.database, "user");
    const person = { secret, name: "Bob", email: "bob@example.org", password: PASSWORD };
    await expect(accounts.acceptInvitation({ ...person, password: "short" })).rejects.toThrow(
      "10 to 128 characters. Received: 5",
    );
    await expect(accounts.acceptInvitation({ ...person, email: "ADA@example.org" })).rejects.toThrow(
      "which has one",
    );
    await accounts.acceptInvitation(person);
    const answer = await post("/sign-in/email", { email: "bob@example.org", password: PASSWORD });
    expect(await accounts.findUser(new Headers({ cookie: cookiesOf(answer) }))).toMatchObject({
      isAdmin: false,
    });
  });

  it("are told of to nobody without a link", async () => {
    const taken = { secret: "guess", name: "Eve", email: "ada@example.org", password: PASSWORD };
    await expect(accounts.acceptInvitation(taken)).rejects.toThrow("Expected the link of an invitation");
  });

  it("are there whole or not at all", async () => {
    const secret = await createInvitation(test.database, "user");
    const person = { secret, name: "Grace", email: "grace@example.org", password: PASSWORD };
    const { pool } = connectionsOf(test.database);
    // The last step fails, as if the process had been killed before it.
    await pool.query("ALTER TABLE auth_account RENAME TO auth_account_away");
    try {
      await expect(accounts.acceptInvitation(person)).rejects.toThrow("auth_account");
    } finally {
      await pool.query("ALTER TABLE auth_account_away RENAME TO auth_account");
    }
    expect((await listPeople(test.database)).map(({ name }) => name)).not.toContain("Grace");
    await accounts.acceptInvitation(person);
    expect((await post("/sign-in/email", { email: person.email, password: PASSWORD })).status).toBe(200);
  });

  it("are no longer made by a link that was revoked, nor by one for the first account", async () => {
    const { pool } = connectionsOf(test.database);
    await pool.query("DELETE FROM invitation");
    const setup = await createInvitation(test.database, "admin");
    await pool.query("UPDATE invitation SET is_setup = true");
    const revoked = await createInvitation(test.database, "user");
    const used = await createInvitation(test.database, "user");
    const open = await listInvitations(test.database);
    expect(open.map(({ role }) => role)).toEqual(["user", "user", "admin"]);
    expect(open[0]!.expiresAt - open[0]!.createdAt).toBe(7 * 24 * 3600 * 1000);
    await revokeInvitation(test.database, open[1]!.id);
    const person = { name: "Joan", email: "joan@example.org", password: PASSWORD };
    await accounts.acceptInvitation({ ...person, secret: used });
    expect(await listInvitations(test.database)).toEqual([]);
    for (const secret of [setup, revoked]) {
      const late = { ...person, secret, email: "late@example.org" };
      await expect(accounts.acceptInvitation(late)).rejects.toThrow("used or revoked");
    }
  });

  it("cannot make themselves administrators", async () => {
    const answer = await post("/sign-in/email", { email: "bob@example.org", password: PASSWORD });
    await post("/update-user", { role: "admin" }, { cookie: cookiesOf(answer) });
    const people = await listPeople(test.database);
    expect(people.find(({ name }) => name === "Bob")?.role).toBe("user");
  });

  it("go for good, sessions included, but for the last administrator", async () => {
    const answer = await post("/sign-in/email", { email: "bob@example.org", password: PASSWORD });
    const people = await listPeople(test.database);
    const idOf = (name: string) => people.find((person) => person.name === name)!.id;
    await expect(deletePerson(test.database, idOf("Ada"))).rejects.toThrow(
      "Expected another administrator to be left",
    );
    await deletePerson(test.database, idOf("Bob"));
    expect(await accounts.findUser(new Headers({ cookie: cookiesOf(answer) }))).toBeNull();
  });
});
