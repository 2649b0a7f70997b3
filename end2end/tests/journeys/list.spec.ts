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
  await person.field("Team").selectOption({ label: one.name });
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
      await person.link("Older").click();
      await expect(person.page).toHaveURL(/cursor=/);
      await expect(rows.first()).toHaveText(names[names.length - 1 - seen.length] ?? "");
    }
  }
  expect(seen).toEqual(names.toReversed());
  await expect(person.link("Older")).toHaveCount(0);
  await person.link("Newest").click();
  await expect(rows.first()).toHaveText("number 119");
  expect(new URL(person.page.url()).search).toBe(`?team=${team.id}`);
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
