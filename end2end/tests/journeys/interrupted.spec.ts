// Twice, too late, and back again.

import { expect, test } from "../../harness/fixtures.ts";

test("two clicks make one token", async ({ person, api }) => {
  const team = await api.createTeam();
  await person.open("/tokens/new");
  await person.ask({ name: "clicked twice", team: team.name, scopes: "a" });
  await person.main().getByRole("button", { name: "Create token" }).dblclick();
  // Whichever of the two arrives last is shown: the secret, or that the token was made already.
  await expect(person.page).toHaveURL(/\/tokens\/[0-9a-f-]{36}/);
  expect(await api.listTokens(team.id)).toHaveLength(1);
});

test("the same form sent twice makes one token, and says so", async ({ person, api, server, session }) => {
  const team = await api.createTeam();
  await person.open("/tokens/new");
  await person.ask({ name: "sent twice", team: team.name, scopes: "a" });
  const form = await person.main().locator("form.form").evaluate((form) =>
    [...new FormData(form as HTMLFormElement)].map(([name, value]) => [name, String(value)]),
  );
  const send = () =>
    fetch(`${server.url}/fn/create_token`, {
      method: "POST",
      redirect: "manual",
      headers: { Cookie: `${session.name}=${session.value}`, Origin: server.url, Accept: "text/html" },
      body: new URLSearchParams(form),
    });
  const answers = await Promise.all([send(), send()]);
  const ways = answers.map((answer) => new URL(answer.headers.get("location") ?? "", server.url));
  const tokens = await api.listTokens(team.id);
  expect(tokens).toHaveLength(1);
  for (const way of ways) expect(way.pathname).toContain(`/tokens/${tokens[0]?.id}`);

  await person.open(`/tokens/${tokens[0]?.id}?note=made-before`);
  await expect(person.main()).toContainText("This token was made already");
});

test("going back after a token was made, and sending again, makes no second one", async ({ person, api }) => {
  person.watch.allowStatus(409, 422);
  const team = await api.createTeam();
  await person.createToken({ name: "back again", team: team.name, scopes: "a" });
  await person.page.goBack();
  await person.sees("Create token");
  await person.settle();
  await person.ask({ name: "back again", team: team.name, scopes: "a" });
  await person.sendToken();
  // A form that was loaded anew is refused for the name; one that the browser kept finds what it made before.
  await expect(person.main()).toContainText(/This name is taken|This token was made already/);
  expect(await api.listTokens(team.id)).toHaveLength(1);
});

test("a session that ends mid-form costs a sign-in and nothing else", async ({ person, api, context }) => {
  person.watch.allowStatus(401);
  const team = await api.createTeam();
  await person.open("/tokens/new");
  await person.ask({ name: "interrupted", team: team.name, description: "Two\nlines.", scopes: "images:read a", days: "45" });
  await context.clearCookies();
  await person.sendToken();

  await person.sees("Sign in");
  await person.settle();
  await expect(person.main()).toContainText("Your session has ended.");
  await person.signIn();
  await person.sees("Create token");
  await person.settle();
  await expect(person.field("Name")).toHaveValue("interrupted");
  await expect(person.field("Team").locator("option:checked")).toHaveText(team.name);
  await expect(person.field("Description")).toHaveValue("Two\nlines.");
  await expect(person.field("Scopes")).toHaveValue("images:read a");
  await expect(person.field("Never expires")).not.toBeChecked();
  await expect(person.field("Days until it expires")).toHaveValue("45");
  await expect(person.summary()).toHaveCount(0);

  await person.sendToken();
  await person.readSecret();
  expect(await api.listTokens(team.id)).toMatchObject([{ name: "interrupted" }]);
  await person.open("/tokens/new");
  await expect(person.field("Name")).toHaveValue("");
});

test("a session that ends on a page leads to the door and back to that page", async ({ person, api, context }) => {
  person.watch.allowStatus(401);
  const team = await api.createTeam();
  const token = await api.createToken({ name: "kept place", team_id: team.id });
  await person.open("/tokens");
  await context.clearCookies();
  await person.link("Teams").click();
  await person.sees("Sign in");
  await person.open(`/tokens/${token.id}?dialog=revoke`);
  await person.sees("Sign in");
  await person.signIn();
  await person.sees("kept place");
  await expect(person.page.getByRole("dialog", { name: "Revoke “kept place”?" })).toBeVisible();
});

test("a session that ends before a question is answered changes nothing", async ({ person, api, context }) => {
  person.watch.allowStatus(401);
  const team = await api.createTeam();
  const token = await api.createToken({ name: "not yet", team_id: team.id });
  await person.open(`/tokens/${token.id}?dialog=revoke`);
  await context.clearCookies();
  await person.button("Revoke not yet").click();
  await person.sees("Sign in");
  expect(await api.getToken(token.id)).toMatchObject({ status: "active" });
});
