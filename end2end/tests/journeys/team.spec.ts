// Teams.

import { unique } from "../../harness/api.ts";
import { expect, test } from "../../harness/fixtures.ts";

test("a team is made and listed", async ({ person, api }) => {
  await api.createTeam();
  const name = unique("平台 Platform");
  await person.createTeam(name, true);
  await person.sees("Teams");
  await expect(person.row(name)).toContainText("Allowed");
  await expect(person.row(name)).toContainText("0");
});

test("a team's row leads to its tokens, and to a new one for it", async ({ person, api }) => {
  const team = await api.createTeam();
  await api.createToken({ name: "only one", team_id: team.id });
  await person.open("/teams");
  await person.row(team.name).getByRole("link", { name: team.name, exact: true }).click();
  await person.sees("Tokens");
  await expect(person.row("only one")).toBeVisible();

  await person.open("/teams");
  await person.link(`Create token for ${team.name}`).click();
  await person.sees("Create token");
  await expect(person.field("Team").locator("option:checked")).toHaveText(team.name);
});

test("a name that another team has is refused beside the field", async ({ person, api }) => {
  person.watch.allowStatus(409, 422);
  const team = await api.createTeam();
  await person.open("/teams/new");
  await person.field("Name").fill(team.name);
  await person.field("Description").fill("Asks ada.");
  await person.field("Tokens may be revealed later").check();
  await person.button("Create team").click();
  await expect(person.summary()).toContainText("This name is taken");
  await person.settle();
  await expect(person.field("Name")).toHaveAttribute("aria-invalid", "true");
  await expect(person.field("Name")).toHaveValue(team.name);
  await expect(person.field("Description")).toHaveValue("Asks ada.");
  await expect(person.field("Tokens may be revealed later")).toBeChecked();
});
