// What a token's use teaches: the networks that it could be locked to, and the scopes that it could do without.

import type { Api, Token } from "../../harness/api.ts";
import { expect, test } from "../../harness/fixtures.ts";
import { until } from "../../harness/until.ts";

/** A token that was used from two places for one of its scopes, and refused from a third. */
async function used(api: Api): Promise<Token> {
  const team = await api.createTeam();
  const token = await api.createToken({ name: "learned", team_id: team.id, scopes: ["images:*", "audio"] });
  await api.use(token.token, "192.0.2.7", ["images:read"]);
  await api.use(token.token, "2001:db8::7", ["images:read"]);
  await api.use(token.token, "203.0.113.9", ["video"]);
  await until("the uses are counted", 15_000, async () => (await api.uses(token.id)) === 3);
  return token;
}

test("a token is locked to where it is used from, by one button", async ({ person, api }) => {
  const token = await used(api);
  await person.open(`/tokens/${token.id}`);
  const panel = person.page.locator("#networks");
  await expect(panel).toContainText("It was good 2 times in 14 days. These networks would do:");
  await expect(panel).toContainText("192.0.2.7/32");
  await expect(panel).toContainText("2001:db8::/64");
  await expect(panel).toContainText("Learned from less than a day");
  await expect(panel).toContainText(/always refused:\s*203\.0\.113\.9/);
  await panel.getByRole("button", { name: "Lock to these networks" }).click();

  await expect(person.main()).toContainText("It works only from 192.0.2.7/32, 2001:db8::/64.");
  await expect(panel).toContainText("Locked");
  await expect(panel).toContainText("it was good from each of its networks");
  await expect(panel.getByRole("button")).toHaveCount(0);
  expect(await api.getToken(token.id)).toMatchObject({ allowed_cidrs: ["192.0.2.7/32", "2001:db8::/64"] });
  await until("the lock holds", 15_000, async () => (await api.use(token.token, "198.51.100.1")).code === "origin_denied");
  expect(await api.use(token.token, "192.0.2.7")).toMatchObject({ valid: true });

  // Who is turned away is shown.
  await until("the refusal is counted", 15_000, async () => (await api.uses(token.id)) >= 5);
  await person.reload();
  await expect(panel).toContainText("198.51.100.1");
  await expect(person.main()).toContainText(/Limits changed by/);
});

test("what is locked is what was shown, or nothing", async ({ person, api }) => {
  person.watch.allowStatus(409, 422);
  const token = await used(api);
  await person.open(`/tokens/${token.id}`);
  await api.must(200, "POST", `/api/tokens/${token.id}/conditions`, { not_before: null, allowed_cidrs: ["10.0.0.0/8"], rate_limit: null, uses_limit: null });
  await person.button("Lock to these networks").click();
  await expect(person.summary()).toContainText("The token’s networks were changed meanwhile.");
  expect(await api.getToken(token.id)).toMatchObject({ allowed_cidrs: ["10.0.0.0/8"] });
});

test("the days to learn from can be chosen", async ({ person, api }) => {
  const token = await used(api);
  await person.open(`/tokens/${token.id}`);
  await person.link("90 days").click();
  const panel = person.page.locator("#networks");
  await expect(panel).toContainText("It was good 2 times in 90 days.");
  await expect(person.link("90 days")).toHaveAttribute("aria-current", "true");
  await person.open(`/tokens/${token.id}?days=nonsense`);
  await expect(panel).toContainText("in 14 days");
});

test("a token keeps only the scopes that it asks for", async ({ person, api, owner }) => {
  const token = await used(api);
  await person.open(`/tokens/${token.id}`);
  await expect(person.main()).toContainText("Recorded for less than a day");
  await person.link("Keep only these…").click();
  const dialog = person.page.getByRole("dialog", { name: "Keep only these scopes of “learned”?" });
  await expect(dialog.getByRole("definition").nth(0)).toHaveText("images:read");
  await expect(dialog.getByRole("definition").nth(1)).toHaveText(/audio\s*images:\*/);
  await expect(dialog).toContainText(/Good requests for anything else since .* UTC: none\./);
  await dialog.getByRole("button", { name: "Keep only these" }).click();

  await expect(person.main()).toContainText("It uses what it has. Nothing can be taken away.");
  await expect(dialog).toHaveCount(0);
  expect((await api.getToken(token.id)).scopes).toEqual(["images:read"]);
  await until("a lost scope is refused", 15_000, async () => (await api.use(token.token, "192.0.2.7", ["images:write"])).code === "scope_denied");
  expect(await api.use(token.token, "192.0.2.7", ["images:read"])).toMatchObject({ valid: true });
  await expect(person.main()).toContainText(`Scopes narrowed by ${owner.email}`);
});

test("scopes that somebody took meanwhile do not come back", async ({ person, api }) => {
  person.watch.allowStatus(409, 422);
  const token = await used(api);
  await person.open(`/tokens/${token.id}?dialog=narrow`);
  await api.must(200, "POST", `/api/tokens/${token.id}/scopes/narrow`, { scopes: ["audio"] });
  await person.button("Keep only these").click();
  await expect(person.summary()).toContainText("scopes can only be taken away");
  expect((await api.getToken(token.id)).scopes).toEqual(["audio"]);
});
