// What the console tells of what was done, and of what was configured: audit, mirrors, settings, overview.

import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Api, unique } from "../../harness/api.ts";
import { expect, test } from "../../harness/fixtures.ts";
import { until } from "../../harness/until.ts";

test("the audit log tells the life of a token", async ({ person, api, owner }) => {
  const team = await api.createTeam(unique("team"), { reveal_allowed: true });
  const name = unique("logged");
  const { secret } = await person.createToken({ name, team: team.name, scopes: "a", revealable: true });
  await person.link("I have stored it").click();
  await person.link("Reveal…").click();
  await person.button(/^Reveal logged/).click();
  await person.readSecret();
  await person.link("I have stored it").click();
  await person.link("Revoke…").click();
  await person.field("Type the name to confirm").fill(name);
  await person.button(/^Revoke logged/).click();
  await expect(person.main().getByText("Revoked").first()).toBeVisible();

  await person.link("Audit").first().click();
  await person.sees("Audit");
  const lines = person.row(name);
  await expect(lines).toHaveCount(3);
  for (const [at, what] of ["Token revoked", "Token revealed", "Token created"].entries()) {
    await expect(lines.nth(at)).toContainText(what);
    await expect(lines.nth(at)).toContainText(owner.email);
    await expect(lines.nth(at)).toContainText("127.0.0.1");
  }
  expect(await person.page.content()).not.toContain(secret);
  await lines.first().getByRole("link", { name }).click();
  await person.sees(name);
});

test("a token's page tells its history, and leads to all of it", async ({ person, api, owner }) => {
  const team = await api.createTeam(unique("team"), { reveal_allowed: true });
  const name = unique("told");
  await person.createToken({ name, team: team.name, scopes: "a", days: "30", revealable: true });
  const id = person.tokenId();
  await person.link("I have stored it").click();
  const steps = person.main().getByRole("list").filter({ hasText: "Created by" }).getByRole("listitem");
  await expect(steps).toHaveText([new RegExp(`^Created by ${owner.email}`), /^Expires.*in (29|30) days$/]);
  await api.must(200, "POST", `/api/tokens/${id}/reveal`);
  await person.reload();
  await expect(steps).toHaveText([/^Created by/, /^Revealed by end to end/, /^Expires/]);
  await person.link("Revoke…").click();
  await person.field("Type the name to confirm").fill(name);
  await person.button(/^Revoke told/).click();
  await expect(steps).toHaveText([/^Created by/, /^Revealed by/, new RegExp(`^Revoked by ${owner.email}`)]);

  await person.link("All events").click();
  await person.sees("Audit");
  await expect(person.page.locator("tbody tr")).toHaveText([/^.*Token revoked/, /^.*Token revealed/, /^.*Token created/]);
  await expect(person.row(name)).toHaveCount(3);
  await person.link(`Remove filter: Token: ${name}`).click();
  await expect(person.page).toHaveURL(/\/audit$/);
  await expect(person.link(/^Remove filter/)).toHaveCount(0);
  await expect(person.main()).toContainText("Team created");
});

test("of a long history the newest part is told, and all of it has pages", async ({ person, api }) => {
  const team = await api.createTeam(unique("team"), { reveal_allowed: true });
  const token = await api.createToken({ name: unique("looked at"), team_id: team.id, revealable: true });
  for (let i = 0; i < 55; i++) await api.must(200, "POST", `/api/tokens/${token.id}/reveal`);
  await person.open(`/tokens/${token.id}`);
  const steps = person.main().getByRole("list").filter({ hasText: "Created by" }).getByRole("listitem");
  await expect(steps).toHaveCount(52);
  await expect(steps.nth(0)).toContainText("Created by end to end");
  await expect(steps.nth(1)).toHaveText("Earlier events are left out here");
  await person.link("All events").click();
  await expect(person.page.locator("tbody tr")).toHaveCount(50);
  await person.link("Older").click();
  await expect(person.page.locator("tbody tr")).toHaveCount(6);
  await expect(person.link(`Remove filter: Token: ${token.name}`)).toBeVisible();
  await person.link("Newest").click();
  await expect(person.page).toHaveURL(new RegExp(`/audit\\?subject_kind=token&subject_id=${token.id}$`));
});

test("a filter of the audit log that nothing matches says so", async ({ person }) => {
  person.watch.allowStatus(400, 422);
  await person.open("/audit?subject_kind=mirror&subject_id=nowhere");
  await expect(person.main()).toContainText("No event matches");
  await person.link("Show all events").click();
  await expect(person.page).toHaveURL(/\/audit$/);
  for (const [query, status] of [["subject_kind=token&subject_id=nonsense", 422], ["subject_kind=token", 400]] as const) {
    const response = await person.open(`/audit?${query}`);
    expect(response.status()).toBe(status);
    await expect(person.main().getByRole("alert")).toContainText("This page could not be shown");
  }
});

test("the audit log comes in pages", async ({ person, api }) => {
  const team = await api.createTeam();
  for (let i = 0; i < 55; i++) await api.createToken({ name: `many ${i}`, team_id: team.id });
  await person.open("/audit");
  const rows = person.page.locator("tbody tr");
  await expect(rows).toHaveCount(50);
  await person.link("Older").click();
  await expect(person.page).toHaveURL(/cursor=/);
  await expect(person.link("Newest")).toBeVisible();
  await person.link("Newest").click();
  await expect(person.page).toHaveURL(/\/audit$/);
});

test("a token is mirrored as a file, and gone from there once it is revoked", async ({ person, api, server }) => {
  const team = await api.createTeam();
  const token = await api.createToken({ name: unique("mirrored"), team_id: team.id, scopes: ["images:read"] });
  const hash = createHash("sha256").update(token.token).digest("hex");
  const file = join(server.mirrorDir, "tokens", `${hash}.json`);
  await until("the token is mirrored", 20_000, () => existsSync(file));
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
    name: token.name,
    team_id: team.id,
    scopes: ["images:read"],
    expires_at: null,
  });

  await person.open("/mirrors");
  await expect(person.main()).toContainText(server.mirrorDir);
  await expect(person.main()).toContainText(/\d+ objects?/);
  await until("the mirror is said to be current", 20_000, async () => {
    await person.page.reload();
    return (await person.main().textContent())?.includes("Current");
  });

  await api.revoke(token.id);
  await until("the token is gone from the mirror", 20_000, () => !existsSync(file));
});

test("the settings say that the key was generated, and to back it up", async ({ person, server, api }) => {
  const team = await api.createTeam(unique("team"), { reveal_allowed: true });
  await api.createToken({ name: "sealed", team_id: team.id, revealable: true });
  await person.open("/settings");
  await expect(person.main()).toContainText("Back up the generated key");
  await expect(person.main()).toContainText("Generated under the data directory");
  await expect(person.main()).toContainText("ntk_");
  await expect(person.main()).toContainText("Embedded Postgres");
  const key = readFileSync(join(server.dataDir, "token_encryption_key"), "utf8").trim();
  expect(await person.page.content()).not.toContain(key);
});

test("configured keys are counted, and none of them is shown", async ({ newServer, person, owner }) => {
  const keys = [fernetKey(), fernetKey()];
  const server = await newServer({ owner, env: { TOKEN_ENCRYPTION_KEY: keys.join(","), TOKENKEEP_TOKEN_PREFIX: "acme_" } });
  await person.page.context().clearCookies();
  await person.open(`${server.url}/sign-in?next=/settings`);
  await person.signIn();
  await person.sees("Settings");
  await expect(person.main()).toContainText("Configuration");
  await expect(person.main()).toContainText("2, the first one seals");
  await expect(person.main()).toContainText("acme_");
  for (const key of keys) expect(await person.page.content()).not.toContain(key);
});

test("without a key reveal is off, and the console says how to turn it on", async ({ newServer, person, owner }) => {
  const first = await newServer({ owner });
  const api = new Api(first.url, (await first.run("admin", "api-key", "--name", "seed")).trim());
  const team = await api.createTeam("Platform", { reveal_allowed: true });
  const sealed = await api.createToken({ name: "sealed before", team_id: team.id, revealable: true });

  // A second server, on the first one's database as an operator's own, without its key.
  const server = await newServer({ env: { DATABASE_URL: first.databaseUrl() } });
  person.watch.allowStatus(409, 422);
  await person.page.context().clearCookies();
  await person.open(`${server.url}/sign-in?next=/settings`);
  await person.signIn();
  await person.sees("Settings");
  await expect(person.main()).toContainText("Reveal is off");
  await expect(person.main()).toContainText("tokenkeep key generate");
  await expect(person.main()).toContainText("cannot be opened");
  await expect(person.main()).toContainText("Postgres at DATABASE_URL");

  await person.open(`${server.url}/tokens/new`);
  await expect(person.field("May be revealed later")).toBeDisabled();
  await expect(person.main()).toContainText("Reveal is off: the server has no encryption key.");
  await person.open(`${server.url}/tokens/${sealed.id}?dialog=reveal`);
  await person.button("Reveal sealed before").click();
  await expect(person.main()).toContainText("Reveal is off: the server has no encryption key.");
});

test("the overview counts what needs somebody", async ({ person, api }) => {
  const team = await api.createTeam();
  const token = await api.createToken({ name: unique("soon"), team_id: team.id, expires_days: 1 });
  await person.open("/");
  await expect(person.row(token.name)).toContainText(team.name);
  await expect(person.link(/Encryption key/)).toContainText("On");
  await person.link(token.name).click();
  await person.sees(token.name);
});

function fernetKey(): string {
  return randomBytes(32).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}
