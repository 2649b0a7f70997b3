// From nothing to the first token: a server that nobody owns yet.

import { expect, test } from "../../harness/fixtures.ts";
import type { Server } from "../../harness/server.ts";

test.use({ signedIn: false });

const EMAIL = "grace@example.com";
const PASSWORD = "a nanosecond is this long";

async function createOwner(server: Server, link: string, email: string): Promise<Response> {
  return fetch(`${server.url}/fn/create_owner`, {
    method: "POST",
    redirect: "manual",
    headers: { Origin: server.url, Accept: "application/json" },
    body: new URLSearchParams({ link, email, password: PASSWORD }),
  });
}

test("whoever comes before there is an owner is told where the link is", async ({ newServer, person }) => {
  const server = await newServer();
  await person.open(`${server.url}/tokens`);
  await person.sees("No owner yet");
  await expect(person.main()).toContainText("tokenkeep admin create-owner");
  expect(await person.page.content()).not.toContain(new URL(server.setupLink()).searchParams.get("link"));
});

test("the printed link makes the first owner, who goes on to the first token", async ({ newServer, person }) => {
  const server = await newServer();
  const link = server.setupLink();
  person.watch.allowStatus(422);

  await person.open(link);
  await person.sees("Set up Tokenkeep");
  await person.field("E-mail address").fill(EMAIL);
  await person.field("Password").fill("short");
  await person.button("Create owner").click();
  await expect(person.summary()).toContainText("use at least 12 characters");
  await person.settle();
  await expect(person.field("E-mail address")).toHaveValue(EMAIL);

  await person.field("Password").fill(PASSWORD);
  await person.button("Create owner").click();
  await person.sees("Overview");
  await person.settle();
  await expect(person.main()).toContainText("Issue the first token");

  await person.link("Create a team").click();
  await person.sees("Create team");
  await person.settle();
  await person.field("Name").fill("Platform");
  await person.button("Create team").click();
  await person.sees("Create token");
  await person.settle();
  await expect(person.field("Team").locator("option:checked")).toHaveText("Platform");
  await person.ask({ name: "image job", scopes: "images:read" });
  await person.sendToken();
  await person.readSecret();
});

test("the link is used up by the first owner", async ({ newServer, person }) => {
  const server = await newServer();
  const link = server.setupLink();
  const word = new URL(link).searchParams.get("link") ?? "";
  const first = await createOwner(server, word, EMAIL);
  expect(first.headers.getSetCookie().join()).toContain("session=");

  await person.open(link);
  await person.sees("This Tokenkeep has been set up");
  await expect(person.field("Password")).toHaveCount(0);
  await person.main().getByRole("link", { name: "Sign in" }).click();
  await person.sees("Sign in");

  const second = await createOwner(server, word, "mallory@example.com");
  expect(second.status).toBeGreaterThanOrEqual(400);
  expect(await second.json()).toMatchObject({ code: "setup_done" });
});

test("a wrong link makes no owner", async ({ newServer, person }) => {
  const server = await newServer();
  person.watch.allowStatus(401, 403, 404, 409, 410, 422);
  await person.open(`${server.url}/setup?link=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`);
  await person.field("E-mail address").fill(EMAIL);
  await person.field("Password").fill(PASSWORD);
  await person.button("Create owner").click();
  await expect(person.summary()).toContainText("This link is wrong, used or older than 24 hours");
  await expect(person.field("E-mail address")).toHaveValue(EMAIL);
  await expect(person.field("Password")).toHaveValue(person.scripted ? PASSWORD : "");
});
