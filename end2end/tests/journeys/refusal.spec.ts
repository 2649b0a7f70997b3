// What cannot be: each field of the form for a token, said beside it, and nothing typed is lost.

import { expect, test } from "../../harness/fixtures.ts";
import type { Asked } from "../../harness/person.ts";

interface Case {
  what: string;
  asked: Asked;
  field: string;
  says: string;
}

const GOOD = { name: "image job", description: "Nightly.", scopes: "images:read" };

const CASES: Case[] = [
  { what: "an empty name", asked: { ...GOOD, name: "" }, field: "Name", says: "Fill this in." },
  { what: "a name of spaces", asked: { ...GOOD, name: "   " }, field: "Name", says: "Fill this in." },
  { what: "a name of 256 characters", asked: { ...GOOD, name: "n".repeat(256) }, field: "Name", says: "This is too long." },
  { what: "a name of 256 wide characters", asked: { ...GOOD, name: "名".repeat(256) }, field: "Name", says: "This is too long." },
  { what: "a description of 501 characters", asked: { ...GOOD, description: "d".repeat(501) }, field: "Description", says: "This is too long." },
  { what: "no scope", asked: { ...GOOD, scopes: "" }, field: "Scopes", says: "Give at least one scope" },
  { what: "a scope that is none", asked: { ...GOOD, scopes: "images:read Images!" }, field: "Scopes", says: "A scope is words joined by colons" },
  { what: "no day", asked: { ...GOOD, days: "0" }, field: "Days until it expires", says: "Choose 1 to 3650 days." },
  { what: "3651 days", asked: { ...GOOD, days: "3651" }, field: "Days until it expires", says: "Choose 1 to 3650 days." },
  { what: "days left empty", asked: { ...GOOD, days: "" }, field: "Days until it expires", says: "Choose 1 to 3650 days." },
  { what: "a beginning after the end", asked: { ...GOOD, days: "1", begins: "2100-01-01T09:00" }, field: "Begins", says: "The token would begin after it has expired." },
  { what: "a network that is none", asked: { ...GOOD, networks: "10.0.0.0/8 example.com" }, field: "Networks", says: "Enter networks like 10.0.0.0/8" },
];

test.beforeEach(({ person }) => person.watch.allowStatus(409, 422));

for (const { what, asked, field, says } of CASES) {
  test(`${what} is refused beside the field`, async ({ person, api }) => {
    const team = await api.createTeam();
    await person.open("/tokens/new");
    await person.ask({ ...asked, team: team.name });
    await person.sendToken();

    const summary = person.summary();
    await expect(summary).toContainText("One thing to put right");
    await expect(summary).toContainText(says);
    await expect(summary).toBeFocused();
    await person.settle();
    const wrong = person.field(field);
    await expect(wrong).toHaveAttribute("aria-invalid", "true");
    await expect(wrong).toHaveAccessibleDescription(new RegExp(says.replace(/[.]/g, "\\.")));
    await expect(person.main().locator("[aria-invalid]")).toHaveCount(1);

    await expect(person.field("Name")).toHaveValue(asked.name ?? "");
    await expect(person.field("Description")).toHaveValue(asked.description ?? "");
    await expect(person.field("Scopes")).toHaveValue(asked.scopes ?? "");
    await expect(person.field("Team").locator("option:checked")).toHaveText(team.name);
    if (asked.days !== undefined) {
      await expect(person.field("Never expires")).not.toBeChecked();
      await expect(person.field("Days until it expires")).toHaveValue(asked.days ?? "");
    }

    await summary.getByRole("link", { name: field }).click();
    await expect(wrong).toBeFocused();
    expect(await api.listTokens(team.id)).toEqual([]);
  });
}

test("everything that is wrong is said at once, and mended in one go", async ({ person, api }) => {
  // A second one, so that the form does not choose for itself.
  await api.createTeam();
  const team = await api.createTeam();
  await person.open("/tokens/new");
  await person.ask({ name: "", scopes: "No!", days: "9999" });
  await person.sendToken();
  await expect(person.summary()).toContainText("4 things to put right");
  await person.settle();
  await expect(person.main().locator("[aria-invalid]")).toHaveCount(4);

  await person.ask({ name: "mended", team: team.name, scopes: "a:b", days: "1" });
  await person.sendToken();
  await person.readSecret();
  expect(await api.listTokens(team.id)).toHaveLength(1);
});

test("the longest name and description are taken", async ({ person, api }) => {
  const team = await api.createTeam();
  const name = "名".repeat(255);
  const description = "d".repeat(500);
  await person.open("/tokens/new");
  await person.ask({ name, description, team: team.name, scopes: "a", days: "3650" });
  await person.sendToken();
  await person.readSecret();
  expect(await api.getToken(person.tokenId())).toMatchObject({ name, description });
});

test("a name that another token of the team has is refused, and free again after its end", async ({ person, api }) => {
  const team = await api.createTeam();
  const token = await api.createToken({ name: "the same", team_id: team.id });
  await person.open("/tokens/new");
  await person.ask({ name: "the same", team: team.name, scopes: "a" });
  await person.sendToken();
  await expect(person.summary()).toContainText("This name is taken");
  await person.settle();
  await expect(person.field("Name")).toHaveValue("the same");

  await api.revoke(token.id);
  await person.sendToken();
  await person.readSecret();
});

test("markup in a name and a description is text", async ({ person, api }) => {
  const team = await api.createTeam();
  const name = `<img src=x onerror="alert(1)"> & </title><script>alert(2)</script>`;
  await person.createToken({ name, description: `${name} "quoted" it's`, team: team.name, scopes: "a" });
  await person.link("I have stored it").click();
  await expect(person.heading(name)).toHaveText(name);
  await expect(person.page).toHaveTitle(`${name} · Tokenkeep`);
  await person.reload();
  await expect(person.heading(name)).toHaveText(name);
  await person.open(`/tokens?team=${team.id}`);
  await expect(person.link(name)).toBeVisible();
  await person.open("/audit");
  await expect(person.row(name).first()).toBeVisible();
});

test("a form without a name, sent past the browser, is refused with its field", async ({ server, session, api }) => {
  const team = await api.createTeam();
  const answer = await fetch(`${server.url}/fn/create_token`, {
    method: "POST",
    headers: { Cookie: `${session.name}=${session.value}`, Origin: server.url, Accept: "application/json" },
    body: new URLSearchParams({ team_id: team.id, scopes: "a" }),
  });
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ code: "empty", field: "name" });
});

test("a form from another site is refused", async ({ server, session, api }) => {
  const team = await api.createTeam();
  for (const headers of [{ Origin: "https://evil.example" }, { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" }]) {
    const answer = await fetch(`${server.url}/fn/create_token`, {
      method: "POST",
      headers: { Cookie: `${session.name}=${session.value}`, ...headers } as Record<string, string>,
      body: new URLSearchParams({ name: "forged", team_id: team.id, scopes: "a", never_expires: "true" }),
    });
    expect(answer.status).toBe(403);
  }
  expect(await api.listTokens(team.id)).toEqual([]);
});
