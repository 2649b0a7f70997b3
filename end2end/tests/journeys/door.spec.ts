// Signing in and out.

import { expect, test } from "../../harness/fixtures.ts";

test.describe("at the door", () => {
  test.use({ signedIn: false });

  test("a wrong password is refused, and the address stays", async ({ person, owner }) => {
    person.watch.allowStatus(401, 422);
    await person.open("/sign-in");
    await person.signIn("not the password at all");
    await expect(person.summary()).toContainText("The address or the password is wrong.");
    await person.settle();
    await expect(person.field("E-mail address")).toHaveValue(owner.email);
    await person.signIn();
    await person.sees("Overview");
  });

  test("an address that nobody has reads like a wrong password", async ({ person }) => {
    person.watch.allowStatus(401, 422);
    await person.open("/sign-in");
    await person.page.getByLabel("E-mail address").fill("nobody@example.com");
    await person.page.getByLabel("Password").fill("not the password at all");
    await person.button("Sign in").click();
    await expect(person.summary()).toContainText("The address or the password is wrong.");
  });

  test("every page leads to the door, and the door leads back", async ({ person }) => {
    for (const path of ["/", "/tokens", "/tokens/new", "/teams", "/teams/new", "/mirrors", "/audit", "/settings"]) {
      await person.open(path);
      await person.sees("Sign in");
      const next = path === "/" ? null : path;
      expect(new URL(person.page.url()).searchParams.get("next")).toBe(next);
    }
    await person.open("/tokens?team=x");
    await person.signIn();
    await person.sees("Tokens");
    const url = new URL(person.page.url());
    expect(url.pathname + url.search).toBe("/tokens?team=x");
  });

  test("the door leads nowhere else than back", async ({ person, server }) => {
    await person.open("/sign-in?next=//evil.example/tokens");
    await person.signIn();
    await person.sees("Overview");
    expect(person.page.url()).toBe(`${server.url}/`);
  });
});

test("who has signed in and comes to the door goes on, but to no other origin", async ({ person, server }) => {
  await person.open("/sign-in?next=/teams");
  await person.sees("Teams");
  for (const next of ["//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/%09/evil.example", "\\\\evil.example"]) {
    await person.open(`/sign-in?next=${encodeURIComponent(next)}`);
    await expect(person.heading("Sign in")).toHaveCount(0);
    expect(new URL(person.page.url()).origin).toBe(server.url);
  }
});

test.describe("signing out", () => {
  test.use({ signedIn: false });

  test("ends the session, here and for who kept its cookie", async ({ person, context, server }) => {
    await person.open("/sign-in");
    await person.signIn();
    await person.sees("Overview");
    await person.settle();
    const cookies = await context.cookies();
    await person.signOut();
    await person.open("/tokens");
    await person.sees("Sign in");

    const stolen = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const answer = await fetch(`${server.url}/api/tokens`, { headers: { Cookie: stolen } });
    expect(answer.status).toBe(401);
  });
});
