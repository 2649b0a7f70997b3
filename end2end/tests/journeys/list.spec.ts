// The list of tokens.

import { unique } from "../../harness/api.ts";
import { expect, test } from "../../harness/fixtures.ts";
import { until } from "../../harness/until.ts";

const LONG = "Renders the thumbnails of the shop, every night at two, from the machine under Ada's desk. Ask her before you touch it.";

test("a row says team, scopes, expiry and status", async ({ person, api }) => {
  const team = await api.createTeam();
  await api.createToken({ name: "forever", team_id: team.id, scopes: ["images:read", "images:write", "mail:send", "mail:read"] });
  await api.createToken({ name: "for a while", team_id: team.id, expires_days: 12 });
  const ended = await api.createToken({ name: "ended", team_id: team.id });
  await api.revoke(ended.id);
  const short = await api.createToken({ name: "over", team_id: team.id, expires_at: new Date(Date.now() + 1_500).toISOString() });
  await until("the token has expired", 10_000, async () => (await api.getToken(short.id)).status === "expired");

  await person.open(`/tokens?team=${team.id}`);
  await expect(person.page.getByRole("row")).toHaveCount(5);
  const forever = person.row("forever");
  await expect(forever).toContainText(team.name);
  await expect(forever).toContainText("images:read");
  await expect(forever).toContainText("+2");
  await expect(forever).toContainText("Never");
  await expect(forever).toContainText("Active");
  await expect(person.row("for a while")).toContainText(/in 1[12] days/);
  await expect(person.row("for a while").locator("time")).toHaveAttribute("title", /\d{4}, \d\d:\d\d UTC/);
  await expect(person.row("ended")).toContainText("Revoked");
  await expect(person.row("over")).toContainText("Expired");
});

test("a long description is whole on hover and on focus", async ({ person, api }) => {
  const team = await api.createTeam();
  await api.createToken({ name: "described", team_id: team.id, description: LONG });
  await person.open(`/tokens?team=${team.id}`);
  const line = person.row("described").locator(".cell-note");
  const tip = person.page.getByRole("tooltip", { includeHidden: true });
  await expect(tip).toBeHidden();

  await line.hover();
  await expect(tip).toBeVisible();
  await expect(tip).toHaveText(LONG);
  await person.page.mouse.move(0, 0);
  await expect(tip).toBeHidden();

  await person.row("described").getByRole("link", { name: "described" }).focus();
  await person.page.keyboard.press("Tab");
  await expect(line).toBeFocused();
  await expect(tip).toBeVisible();
  await expect(line).toHaveAccessibleDescription(LONG);
});

test("Escape puts the description away @js", async ({ person, api }) => {
  const team = await api.createTeam();
  await api.createToken({ name: "described", team_id: team.id, description: LONG });
  await person.open(`/tokens?team=${team.id}`);
  const tip = person.page.getByRole("tooltip", { includeHidden: true });
  await person.row("described").locator(".cell-note").focus();
  await expect(tip).toBeVisible();
  await person.page.keyboard.press("Escape");
  await expect(tip).toBeHidden();
});

test("a filter by team is in the address, and a chip takes it away", async ({ person, api }) => {
  const [one, two] = [await api.createTeam(), await api.createTeam()];
  const [mine, theirs] = [unique("mine"), unique("theirs")];
  await api.createToken({ name: mine, team_id: one.id });
  await api.createToken({ name: theirs, team_id: two.id });

  await person.open("/tokens");
  await expect(person.row(mine)).toBeVisible();
  await expect(person.row(theirs)).toBeVisible();
  await person.page.locator("#filter-team").selectOption({ label: one.name });
  if (!person.scripted) await person.button("Filter").click();
  await expect(person.page).toHaveURL(new RegExp(`team=${one.id}`));
  await expect(person.row(theirs)).toHaveCount(0);
  await expect(person.row(mine)).toBeVisible();

  await person.reload();
  await expect(person.row(theirs)).toHaveCount(0);
  await person.link(/^Remove filter/).click();
  await expect(person.row(theirs)).toBeVisible();
  expect(new URL(person.page.url()).search).toBe("");
});

test("a team without tokens says so, and how to go on", async ({ person, api }) => {
  const team = await api.createTeam();
  await person.open(`/tokens?team=${team.id}`);
  await expect(person.main()).toContainText("No token matches");
  await person.link("Show all tokens").click();
  await expect(person.page).toHaveURL(/\/tokens$/);
});

test("a long list comes in pages, newest first, each token once", async ({ person, api }) => {
  const team = await api.createTeam();
  const names = Array.from({ length: 120 }, (_, i) => `number ${String(i).padStart(3, "0")}`);
  for (const name of names) await api.createToken({ name, team_id: team.id });

  await person.open(`/tokens?team=${team.id}`);
  const seen: string[] = [];
  const rows = person.page.locator("tbody tr .cell-name");
  for (const count of [50, 50, 20]) {
    await expect(rows).toHaveCount(count);
    seen.push(...(await rows.allTextContents()));
    if (seen.length < names.length) {
      await person.link("Next").click();
      await expect(person.page).toHaveURL(/cursor=/);
      await expect(rows.first()).toHaveText(names[names.length - 1 - seen.length] ?? "");
    }
  }
  expect(seen).toEqual(names.toReversed());
  await expect(person.link("Next")).toHaveCount(0);
  await person.link("Previous").click();
  await expect(rows.first()).toHaveText("number 069");
  await person.link("Previous").click();
  await expect(rows.first()).toHaveText("number 119");
  await expect(person.link("Previous")).toHaveCount(0);
});

test("a cursor that is none is refused, and nothing breaks", async ({ person }) => {
  person.watch.allowStatus(400, 422);
  const response = await person.open("/tokens?cursor=nonsense");
  expect(response.status()).toBeGreaterThanOrEqual(400);
  expect(response.status()).toBeLessThan(500);
  await expect(person.main()).toContainText("This page of the list does not exist");
});

test("a row's menu leads to the question", async ({ person, api }) => {
  const team = await api.createTeam();
  const token = await api.createToken({ name: "menu", team_id: team.id });
  await person.open(`/tokens?team=${team.id}`);
  await person.button("Actions for menu").click();
  await person.link("Revoke…").click();
  await expect(person.page.getByRole("dialog", { name: "Revoke “menu”?" })).toBeVisible();
  expect(person.tokenId()).toBe(token.id);
});

test("a search finds words by their beginning, and is in the address", async ({ person, api }) => {
  const team = await api.createTeam();
  const mine = unique("billing_import");
  await api.createToken({ name: mine, team_id: team.id });
  await api.createToken({ name: unique("other"), team_id: team.id });

  await person.open(`/tokens?team=${team.id}`);
  await person.field("Search").fill("IMPO bill");
  await person.button("Filter").click();
  await expect(person.page).toHaveURL(/q=IMPO%20bill/);
  await expect(person.page.locator("tbody tr")).toHaveCount(1);
  await expect(person.row(mine)).toBeVisible();
  await expect(person.main()).toContainText("1 token");
  await person.link(/Search: IMPO bill/).click();
  await expect(person.page.locator("tbody tr")).toHaveCount(2);
});

test("a whole token leads to its page, and is in no address", async ({ person, api }) => {
  const team = await api.createTeam();
  const made = await api.createToken({ name: unique("pasted"), team_id: team.id });
  const addresses: string[] = [];
  person.page.on("request", (request) => addresses.push(request.url()));

  await person.open(`/tokens?team=${team.id}`);
  await person.field("Search").fill(made.token);
  await person.button("Filter").click();
  await expect(person.page).toHaveURL(new RegExp(`/tokens/${made.id}$`));
  await person.open("/tokens");
  await person.field("Search").fill(`ntk_${"aB3".repeat(14)}x`);
  await person.button("Filter").click();
  await expect(person.main()).toContainText("No token has this secret");
  for (const address of addresses) {
    expect(address).not.toContain(made.token);
    expect(address).not.toContain("aB3aB3");
  }
});

test("a head sorts, and turns the order round", async ({ person, api }) => {
  const team = await api.createTeam();
  for (const name of ["b", "c", "a"]) await api.createToken({ name, team_id: team.id });
  await person.open(`/tokens?team=${team.id}`);
  const names = person.page.locator("tbody tr .cell-name");
  await person.link(/^Name/).click();
  await expect(names).toHaveText(["a", "b", "c"]);
  await expect(person.page.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "ascending");
  await person.link(/^Name/).click();
  await expect(names).toHaveText(["c", "b", "a"]);
  await expect(person.page).toHaveURL(/sort=-name/);
});

test("filters and columns are chosen, and a mistake in the address is told", async ({ person, api }) => {
  const team = await api.createTeam();
  await api.createToken({ name: "soon", team_id: team.id, expires_days: 5 });
  await api.createToken({ name: "later", team_id: team.id, expires_days: 300 });
  await person.open(`/tokens?team=${team.id}`);
  await person.page.locator("#filter-status").selectOption("expiring_soon");
  if (!person.scripted) await person.button("Filter").click();
  await expect(person.page.locator("tbody tr")).toHaveCount(1);
  await expect(person.row("soon")).toContainText("Expiring soon");

  await person.page.getByText("More filters").click();
  await person.page.locator("#column-scopes").uncheck();
  await person.page.locator("#column-created_by").check();
  await person.button("Filter").click();
  await expect(person.page).toHaveURL(/columns=team%2Ccreated_by%2Cexpires%2Clast_used/);
  await expect(person.page.getByRole("columnheader", { name: "Scopes" })).toHaveCount(0);
  await expect(person.page.getByRole("columnheader", { name: "Made by" })).toBeVisible();

  await person.open("/tokens?status=gone");
  await expect(person.main()).toContainText("There is no such status");
});
