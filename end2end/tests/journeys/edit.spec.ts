// What is said of a token is edited, by two people at once too.

import { expect, test } from "../../harness/fixtures.ts";

test("a token is edited, and its page says it", async ({ person, api }) => {
  person.watch.allowStatus(409, 422);
  const team = await api.createTeam();
  const token = await api.createToken({ name: "typed in haste", team_id: team.id });
  await person.open(`/tokens/${token.id}`);
  await person.link("Edit name, description and tags").click();
  await person.sees("Edit token");
  await person.settle();
  await person.field("Tags").fill("no good!");
  await person.button("Save changes").click();
  await expect(person.summary()).toContainText("A tag is a short word");
  await person.settle();
  await person.field("Name").fill("image job");
  await person.field("Description").fill("Nightly thumbnails.");
  await person.field("Tags").fill("Prod, billing");
  await person.button("Save changes").click();
  await person.sees("image job");
  await expect(person.main()).toContainText("Nightly thumbnails.");
  await expect(person.main()).toContainText(/Edited by/);
  expect(await api.getToken(token.id)).toMatchObject({ tags: ["billing", "prod"], version: 2 });
});

test("who comes second sees what the first changed, and nothing is lost", async ({ person, api }) => {
  person.watch.allowStatus(412);
  const team = await api.createTeam();
  const token = await api.createToken({ name: "shared", team_id: team.id, description: "as it was" });
  await person.open(`/tokens/${token.id}/edit`);
  await person.field("Description").fill("mine");
  const theirs = { description: "theirs" };
  await api.call("PATCH", `/api/tokens/${token.id}`, theirs, { "If-Match": "*" });
  await person.button("Save changes").click();
  await expect(person.main()).toContainText("This token was changed while you were editing it");
  await person.settle();
  const row = person.main().getByRole("row", { name: /Description/ });
  await expect(row).toContainText("as it was");
  await expect(row).toContainText("theirs");
  await expect(row).toContainText("mine");
  expect(await api.getToken(token.id)).toMatchObject(theirs);
  await expect(person.field("Description")).toHaveValue("mine");
  await person.button("Save mine over it").click();
  await person.sees("shared");
  expect(await api.getToken(token.id)).toMatchObject({ description: "mine", version: 3 });
});

test("limits are not overwritten unseen either", async ({ person, api }) => {
  person.watch.allowStatus(412);
  const team = await api.createTeam();
  const token = await api.createToken({ name: "limited", team_id: team.id });
  await person.open(`/tokens/${token.id}/conditions`);
  await person.limit({ networks: "10.0.0.0/8" });
  const theirs = { not_before: null, allowed_cidrs: ["192.0.2.0/24"], rate_limit: null, uses_limit: null };
  await api.must(200, "POST", `/api/tokens/${token.id}/conditions`, theirs);
  await person.button("Save limits").click();
  await expect(person.main()).toContainText("It works only from 192.0.2.0/24.");
  await person.settle();
  await expect(person.field("Networks")).toHaveValue("10.0.0.0/8");
  await person.button("Save limits").click();
  await person.sees("limited");
  expect(await api.getToken(token.id)).toMatchObject({ allowed_cidrs: ["10.0.0.0/8"] });
});
