/** People: the first account by the link of the first start, signing in and out, and others by invitation. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startDashboard, type DashboardProcess } from "./dashboard-process.js";
import { freePort } from "./free-port.js";
import { openBrowser, openPage, visit } from "./open-browser.js";
import { untilTrue } from "./until-true.js";

let home: string;
let dashboard: DashboardProcess;
let browser: Browser;

const ada = { name: "Ada", email: "ada@example.org", password: "a long enough one" };
const grace = { name: "Grace <b>H</b>", email: "grace@example.org", password: "another long one" };

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "convkit-accounts-"));
  const port = String(await freePort());
  const flags = ["--no-worker", "--port", port, "--url", `http://localhost:${port}`];
  const environment = { CONVKIT_SECRET: "a secret of more than thirty-two characters" };
  [dashboard, browser] = await Promise.all([
    startDashboard({ home, flags, environment, expectsSetup: true }),
    openBrowser(),
  ]);
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await dashboard?.stop();
  await rm(home, { recursive: true, force: true });
});

const at = (path: string) => `${dashboard.url}${path}`;
const newPage = async () => (await openPage(browser, dashboard)).page;

async function signUp(page: Page, { name, email, password }: typeof ada): Promise<void> {
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("textbox", { name: "E-mail address" }).fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Make the account" }).click();
}

async function signIn(page: Page, { email, password }: Omit<typeof ada, "name">): Promise<void> {
  await page.getByRole("textbox", { name: "E-mail address" }).fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("the link of the first start makes an administrator, once", async () => {
  const page = await newPage();
  await page.goto(dashboard.setupUrl!);
  await signUp(page, ada);
  await page.waitForURL(at("/runs"));
  await page.getByRole("heading", { name: "Runs" }).waitFor();
  await visit(page, at("/settings"));
  await page.getByText("an administrator").first().waitFor();
  await page.context().close();

  const other = await newPage();
  await other.goto(dashboard.setupUrl!);
  await signUp(other, grace);
  await other.getByRole("alert").filter({ hasText: "one that was used or revoked" }).waitFor();
  await other.context().close();
});

test("a page asks to sign in, says what is wrong, and leads back to where one was", async () => {
  const page = await newPage();
  await page.goto(at("/queue?tab=ended"));
  await page.waitForURL((url) => url.pathname === "/sign-in");
  expect(await page.getByRole("navigation").count()).toBe(0);
  await signIn(page, { ...ada, password: "not the right one" });
  await page.getByRole("alert").filter({ hasText: "The address or the password is wrong." }).waitFor();
  await signIn(page, ada);
  await page.waitForURL(at("/queue?tab=ended"));

  await page.getByRole("button", { name: "Account of Ada" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL((url) => url.pathname === "/sign-in");
  await page.goto(at("/runs"));
  await page.waitForURL((url) => url.pathname === "/sign-in");
  await page.context().close();
});

test("a session that is over leads to the sign-in page from whatever is open", async () => {
  const page = await newPage();
  await page.goto(at("/sign-in?next=/settings"));
  await signIn(page, ada);
  await page.waitForURL(at("/settings"));
  await page.getByRole("heading", { name: "People" }).waitFor();
  const left = page.waitForURL(
    (url) => url.pathname === "/sign-in" && url.searchParams.get("next") === "/settings",
  );
  await page.context().clearCookies();
  // The page may have asked for something by itself, and be gone before the click.
  const clicked = page.getByRole("button", { name: "Make an invitation" }).click();
  await Promise.race([clicked.catch(() => left), left]);
  await left;
  await page.context().close();
});

test("signing in leads nowhere else, whatever the link says", async () => {
  const { page, foreign } = await openPage(browser, dashboard);
  await page.goto(at(`/sign-in?next=${encodeURIComponent("//evil.example")}`));
  await signIn(page, ada);
  await page.waitForURL(at("/runs"));
  const elsewhere = ["/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil.example"];
  for (const next of elsewhere) {
    await page.goto(at(`/sign-in?next=${encodeURIComponent(next)}`));
    expect(await page.getByRole("link", { name: "Go on" }).getAttribute("href")).toBe("/runs");
  }
  expect(foreign).toEqual([]);
  await page.context().close();
});

test("somebody is invited, is no administrator, and is deleted again", async () => {
  const page = await newPage();
  await page.goto(at("/sign-in?next=/settings"));
  await signIn(page, ada);
  await page.waitForURL(at("/settings"));
  await page.getByRole("button", { name: "Make an invitation" }).click();
  const link = await page.getByText(/\/sign-up\?invitation=/).innerText();

  const invited = await newPage();
  await invited.goto(link);
  await signUp(invited, { ...grace, password: "a long enough one" });
  await invited.waitForURL(at("/runs"));
  await visit(invited, at("/settings"));
  await invited.getByText("Administrators make them.").waitFor();
  expect(await invited.getByRole("heading", { name: "People" }).count()).toBe(0);
  await invited.getByRole("button", { name: `Account of ${grace.name}` }).waitFor();

  await page.reload();
  const people = page.getByRole("list", { name: "People" });
  const invitee = people.getByRole("listitem").filter({ hasText: grace.name });
  await invitee.waitFor();
  await people.getByRole("button", { name: `Delete ${grace.name}` }).click();
  await page.getByRole("button", { name: "Delete the account" }).click();
  await invitee.waitFor({ state: "detached" });
  await people.getByRole("button", { name: "Delete Ada" }).click();
  await page.getByRole("button", { name: "Delete the account" }).click();
  await page.getByText("Expected another administrator to be left.").first().waitFor();

  await invited.goto(at("/runs"));
  await invited.waitForURL((url) => url.pathname === "/sign-in");
  await page.context().close();
  await invited.context().close();
});

test("an invitation that went to the wrong person is revoked", async () => {
  const page = await newPage();
  await page.goto(at("/sign-in?next=/settings"));
  await signIn(page, ada);
  await page.waitForURL(at("/settings"));
  await page.getByRole("button", { name: "Make an invitation" }).click();
  const link = await page.getByText(/\/sign-up\?invitation=/).innerText();
  const open = page.getByRole("list", { name: "Invitations that nobody has followed" });
  // One more was made by the test before the last.
  const count = await open.getByRole("listitem").count();
  await open
    .getByRole("button", { name: /^Revoke/ })
    .first()
    .click();
  await page.getByRole("button", { name: "Revoke the invitation" }).click();
  await untilTrue(async () => (await open.getByRole("listitem").count()) === count - 1);

  const invited = await newPage();
  await invited.goto(link);
  await signUp(invited, grace);
  await invited.getByRole("alert").filter({ hasText: "used or revoked" }).waitFor();
  await page.context().close();
  await invited.context().close();
});

test("too many guesses are told to wait", async () => {
  const page = await newPage();
  await page.goto(at("/sign-in"));
  const alert = page.getByRole("alert").filter({ hasText: /wrong|Too many/ });
  for (let tries = 0; tries < 15; tries += 1) {
    const answer = page.waitForResponse((response) => response.url().includes("/api/auth/sign-in"));
    await signIn(page, { email: "nobody@example.org", password: "guess number one" });
    const status = (await answer).status();
    await alert.waitFor();
    if (status === 429) break;
  }
  await page
    .getByRole("alert")
    .filter({ hasText: /Too many tries from here\. Wait \d+ seconds/ })
    .waitFor();
  await page.context().close();
});
