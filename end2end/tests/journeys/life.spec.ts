// What people do with a token while it lives: put off its end, pause it, protect it.

import { expect, test } from "../../harness/fixtures.ts";

test("an end is put off, and never brought nearer", async ({ person, api }) => {
  person.watch.allowStatus(422);
  const team = await api.createTeam();
  const token = await api.createToken({ name: "running out", team_id: team.id, expires_days: 60 });
  await person.open(`/tokens/${token.id}`);
  await person.link("Extend…").click();
  const dialog = person.page.getByRole("dialog", { name: "Extend “running out”?" });
  await dialog.getByLabel("New end").selectOption({ label: "30 days from now" });
  await dialog.getByRole("button", { name: "Extend running out" }).click();
  await expect(dialog.getByRole("alert")).toContainText("The token would expire sooner than it does now.");
  await person.settle();
  await dialog.getByLabel("New end").selectOption({ label: "On a date" });
  await dialog.getByLabel("Date and time").fill("2030-01-01T09:00");
  await dialog.getByRole("button", { name: "Extend running out" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(person.main()).toContainText("Extended by");
  expect(await api.getToken(token.id)).toMatchObject({ expires_at: "2030-01-01T09:00:00Z" });
  await person.link("Extend…").click();
  await dialog.getByLabel("New end").selectOption({ label: "Never" });
  await dialog.getByRole("button", { name: "Extend running out" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(person.link("Extend…")).toHaveCount(0);
});

test("a token is disabled for a time, and says until when", async ({ person, api }) => {
  const team = await api.createTeam();
  const token = await api.createToken({ name: "on a break", team_id: team.id });
  await person.open(`/tokens/${token.id}?dialog=disable`);
  const dialog = person.page.getByRole("dialog", { name: "Disable “on a break”?" });
  await expect(dialog).toContainText("What uses it now");
  await expect(dialog).toContainText("No call has used it in the last 7 days.");
  await dialog.getByLabel("For how long").selectOption({ label: "1 hour" });
  await dialog.getByRole("button", { name: "Disable on a break" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(person.main().locator(".token-line")).toContainText("Disabled");
  await expect(person.main()).toContainText("Disabled until");
  await expect(person.main()).toContainText("Good again");
  await expect.poll(() => api.verify(token.token)).toMatchObject({ valid: false, code: "disabled" });
  await person.link("Enable…").click();
  await person.page.getByRole("dialog").getByRole("button", { name: "Enable on a break" }).click();
  await expect(person.main().locator(".token-line")).toContainText("Active");
});

test("what is protected is not revoked", async ({ person, api }) => {
  const team = await api.createTeam();
  const token = await api.createToken({ name: "load bearing", team_id: team.id });
  await person.open(`/tokens/${token.id}/edit`);
  await person.page.getByLabel("Protect from being revoked").check();
  await person.button("Save changes").click();
  await person.sees("load bearing");
  await person.link("Revoke…").click();
  const dialog = person.page.getByRole("dialog", { name: "Revoke “load bearing”?" });
  await expect(dialog).toContainText("This token is protected");
  await expect(dialog.getByRole("button", { name: "Revoke load bearing" })).toHaveCount(0);
  await dialog.getByRole("link", { name: "Take the protection off" }).click();
  await person.sees("Edit token");
  const refused = await api.call("POST", `/api/tokens/${token.id}/revoke`);
  expect(refused).toMatchObject({ status: 409, body: { code: "token_protected" } });
});
