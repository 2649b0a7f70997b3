// The life of a token, from its form to its end.

import { unique } from "../../harness/api.ts";
import { expect, test } from "../../harness/fixtures.ts";

test("a token is made, shown once, and good", async ({ person, api }) => {
  const team = await api.createTeam();
  await person.open("/tokens/new");
  await expect(person.field("Never expires")).toBeChecked();
  await expect(person.field("Days until it expires")).toBeHidden();
  await person.ask({ name: "image job", team: team.name, description: "Nightly.", scopes: "images:read, images:write" });
  await person.sendToken();

  const secret = await person.readSecret();
  await expect(person.main()).toContainText("This is the only time it is shown");
  expect(await api.verify(secret, ["images:read"])).toMatchObject({ valid: true });
  const id = person.tokenId();

  await person.reload();
  await expect(person.main()).toContainText("The token is no longer shown");
  expect(await person.page.content()).not.toContain(secret);

  await person.link("Go to the token").click();
  await person.sees("image job");
  await expect(person.main()).toContainText("Not possible: only the hash is kept");
  await expect(person.main()).toContainText("Never");
  expect(await api.getToken(id)).toMatchObject({ scopes: ["images:read", "images:write"], expires_at: null, status: "active" });
});

test("unticking never expires brings the days", async ({ person, api }) => {
  const team = await api.createTeam();
  await person.open("/tokens/new");
  await person.field("Never expires").uncheck();
  await expect(person.field("Days until it expires")).toBeVisible();
  await expect(person.field("Days until it expires")).toHaveValue("90");
  await person.field("Never expires").check();
  await expect(person.field("Days until it expires")).toBeHidden();
  await person.ask({ name: "for a month", team: team.name, scopes: "*", days: "30" });
  await person.sendToken();
  await person.readSecret();

  const { expires_at } = await api.getToken(person.tokenId());
  const days = (Date.parse(expires_at ?? "") - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(29.9);
  expect(days).toBeLessThanOrEqual(30);
  await person.link("I have stored it").click();
  await person.sees("for a month");
  await expect(person.main()).toContainText(/in (29|30) days/);
});

test("the copy button is to the right of the secret, and copies it @js", async ({ person, api, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const team = await api.createTeam();
  const { secret } = await person.createToken({ name: "copied", team: team.name, scopes: "a" });
  const copy = person.button("Copy token");
  const [text, button] = [await person.page.locator("#secret").boundingBox(), await copy.boundingBox()];
  if (!text || !button) throw new Error("the secret or its button is not on the page");
  expect(button.x).toBeGreaterThanOrEqual(text.x + text.width);
  expect(button.y).toBeLessThan(text.y + text.height);

  await copy.click();
  await expect(copy).toContainText("Copied");
  expect(await person.page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
});

test("the sentence beside the form follows what is typed @js", async ({ person, api }) => {
  const team = await api.createTeam();
  await person.open("/tokens/new");
  const plan = person.page.getByRole("complementary", { name: "What this creates" });
  await person.ask({ name: "image job", team: team.name, scopes: "images:read" });
  await expect(plan).toContainText(`image job may use images:read for ${team.name}, with no end date.`);
  await person.ask({ days: "30" });
  await expect(plan).toContainText(/until \d+ \w+ \d{4}/);
});

test("the secret page cannot be had again by its address", async ({ person, api }) => {
  const team = await api.createTeam();
  const token = await api.createToken({ name: "made by a program", team_id: team.id });
  await person.open(`/tokens/${token.id}/secret`);
  await expect(person.main()).toContainText("The token is no longer shown");
});

test("going back to the secret page does not show the secret again", async ({ person, api }) => {
  const team = await api.createTeam();
  const { secret } = await person.createToken({ name: "looked at", team: team.name, scopes: "a" });
  await person.link("I have stored it").click();
  await person.sees("looked at");
  await person.page.goBack();
  await expect(person.main()).toContainText("The token is no longer shown");
  expect(await person.page.content()).not.toContain(secret);
});

test("a revealable token is shown again, to the same secret", async ({ person, api }) => {
  const team = await api.createTeam(unique("team"), { reveal_allowed: true });
  const { id, secret } = await person.createToken({ name: "seen twice", team: team.name, scopes: "a", revealable: true });
  await person.link("I have stored it").click();
  await person.sees("seen twice");
  await expect(person.main()).toContainText("Possible: a sealed copy is kept");

  await person.link("Reveal…").click();
  const dialog = person.page.getByRole("dialog", { name: "Reveal “seen twice”?" });
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button", { name: "Reveal seen twice" }).click();
  expect(await person.readSecret()).toBe(secret);
  expect(person.tokenId()).toBe(id);
  await expect(person.main()).toContainText("Shown now, and gone when you leave this page");
  await person.reload();
  await expect(person.main()).toContainText("The token is no longer shown");
});

test("a team that does not allow it keeps its tokens from being revealed", async ({ person, api }) => {
  person.watch.allowStatus(409, 422);
  const team = await api.createTeam();
  await person.open("/tokens/new");
  await person.ask({ name: "not again", team: team.name, scopes: "a" });
  if (person.scripted) {
    await expect(person.field("May be revealed later")).toBeDisabled();
    return;
  }
  await person.ask({ revealable: true });
  await person.sendToken();
  await expect(person.summary()).toContainText("This team does not allow its tokens to be revealed.");
  await expect(person.field("Name")).toHaveValue("not again");
  expect(await api.listTokens(team.id)).toEqual([]);
});

test("revoking asks first, and then ends it", async ({ person, api }) => {
  const team = await api.createTeam();
  const token = await api.createToken({ name: "short life", team_id: team.id });
  await person.open(`/tokens/${token.id}`);

  const dialog = person.page.getByRole("dialog", { name: "Revoke “short life”?" });
  await person.link("Revoke…").click();
  await expect(dialog).toContainText("Nothing brings it back");
  await dialog.getByRole("link", { name: "Cancel" }).click();
  await expect(dialog).toHaveCount(0);
  expect(await api.verify(token.token)).toMatchObject({ valid: true });

  person.watch.allowStatus(422);
  await person.link("Revoke…").click();
  await dialog.getByLabel("Reason").selectOption({ label: "Its secret got out" });
  await dialog.getByRole("button", { name: "Revoke short life" }).click();
  await expect(dialog.getByRole("alert")).toContainText("This is not the token’s name.");
  await person.settle();
  expect(await api.verify(token.token)).toMatchObject({ valid: true });
  await dialog.getByLabel("Reason").selectOption({ label: "Its secret got out" });
  await dialog.getByLabel("Note").fill("in a log");
  await dialog.getByLabel("Type the name to confirm").fill("short life");
  await dialog.getByRole("button", { name: "Revoke short life" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(person.main().getByText("Revoked").first()).toBeVisible();
  await expect(person.link("Revoke…")).toHaveCount(0);
  await expect.poll(() => api.verify(token.token)).toMatchObject({ valid: false, code: "revoked" });
  await expect(person.main()).toContainText("Its secret got out");
  await expect(person.main()).toContainText("in a log");
  await expect(person.main()).toContainText("Since it ended");
});

test("a token is disabled, and enabled again", async ({ person, api }) => {
  const team = await api.createTeam();
  const token = await api.createToken({ name: "on leave", team_id: team.id });
  await person.open(`/tokens/${token.id}`);

  await person.link("Disable…").click();
  const off = person.page.getByRole("dialog", { name: "Disable “on leave”?" });
  await expect(off).toContainText("is refused within moments");
  await off.getByRole("button", { name: "Disable on leave" }).click();
  await expect(off).toHaveCount(0);
  await expect(person.main().locator(".token-line")).toContainText("Disabled");
  await expect(person.link("Disable…")).toHaveCount(0);
  await expect.poll(() => api.verify(token.token)).toMatchObject({ valid: false, code: "disabled" });

  await person.link("Enable…").click();
  const on = person.page.getByRole("dialog", { name: "Enable “on leave”?" });
  await on.getByRole("button", { name: "Enable on leave" }).click();
  await expect(on).toHaveCount(0);
  await expect(person.main().locator(".token-line")).toContainText("Active");
  await expect(person.main()).toContainText("Enabled by");
  await expect.poll(() => api.verify(token.token)).toMatchObject({ valid: true });
});

test("a token that somebody else disabled meanwhile says so", async ({ person, api }) => {
  person.watch.allowStatus(409, 422);
  const team = await api.createTeam();
  const token = await api.createToken({ name: "twice off", team_id: team.id });
  await person.open(`/tokens/${token.id}?dialog=disable`);
  await api.disable(token.id);
  await person.page.getByRole("dialog").getByRole("button", { name: "Disable twice off" }).click();
  await expect(person.main().locator(".token-line")).toContainText("Disabled");
});

test("a token that somebody else revoked meanwhile says so", async ({ person, api }) => {
  person.watch.allowStatus(409, 422);
  const team = await api.createTeam();
  const token = await api.createToken({ name: "twice ended", team_id: team.id });
  await person.open(`/tokens/${token.id}?dialog=revoke`);
  await api.revoke(token.id);
  await person.page.getByRole("dialog").getByRole("button", { name: "Revoke twice ended" }).click();
  await expect(person.main().getByText("Revoked").first()).toBeVisible();
});

test("a token is rotated, and the rotation finished", async ({ person, api }) => {
  const team = await api.createTeam();
  const token = await api.createToken({ name: "changing over", team_id: team.id });
  await person.open(`/tokens/${token.id}`);
  await person.link("Rotate…").click();
  const ask = person.page.getByRole("dialog", { name: "Rotate “changing over”?" });
  await ask.getByLabel("The former secret works for").selectOption({ label: "1 hour" });
  await ask.getByRole("button", { name: "Rotate changing over" }).click();
  const secret = await person.readSecret();
  expect(secret).not.toBe(token.token);
  expect(person.tokenId()).toBe(token.id);
  await person.reload();
  await expect(person.main()).toContainText("The token is no longer shown");
  for (const good of [token.token, secret]) expect(await api.verify(good)).toMatchObject({ valid: true });

  await person.link("Go to the token").click();
  await person.sees("changing over");
  await expect(person.main()).toContainText(/Works until \d+ \w+ \d{4}, \d\d:\d\d UTC/);
  await expect(person.main()).toContainText("Rotated by");
  await expect(person.link("Rotate…")).toHaveCount(0);
  await person.settle();
  await person.link("Finish now…").first().click();
  const finish = person.page.getByRole("dialog", { name: "Finish the rotation of “changing over”?" });
  await finish.getByRole("button", { name: "End the former secret" }).click();
  await expect(finish).toHaveCount(0);
  await expect(person.main()).not.toContainText("Works until");
  await expect.poll(() => api.verify(token.token)).toMatchObject({ valid: false, code: "rotated" });
  expect(await api.verify(secret)).toMatchObject({ valid: true });
});

test("a token that is not there is a page of its own", async ({ person }) => {
  person.watch.allowStatus(404);
  for (const id of ["0192f0c1-2b3c-7d4e-8f50-123456789abc", "nonsense"]) {
    const response = await person.open(`/tokens/${id}`);
    expect(response.status()).toBe(404);
    await person.sees("There is no such token");
  }
  const response = await person.open("/nowhere");
  expect(response.status()).toBe(404);
  await person.sees("There is no such page");
});
