// Without a mouse.

import { expect, test } from "../../harness/fixtures.ts";

test("a token is made with the keyboard alone", async ({ person, api }) => {
  const team = await api.createTeam();
  const keys = person.page.keyboard;
  await person.open("/tokens");

  await keys.press("Tab");
  await expect(person.link("Skip to content")).toBeFocused();
  await expect(person.link("Skip to content")).toBeInViewport();
  await keys.press("Enter");
  await expect(person.main()).toBeFocused();
  await keys.press("Tab");
  await expect(person.link("Create token").first()).toBeFocused();
  await keys.press("Enter");
  await person.sees("Create token");
  await person.settle();

  const to = async (label: string) => {
    const field = person.field(label);
    for (let presses = 0; presses < 40; presses++) {
      if (await field.evaluate((element) => element === document.activeElement)) return;
      await keys.press("Tab");
    }
    throw new Error(`Tab never comes to ${label}`);
  };
  await to("Name");
  await keys.type("by keyboard");
  await keys.press("Tab");
  await expect(person.field("Team")).toBeFocused();
  await keys.type(team.name);
  await keys.press("Tab");
  await expect(person.field("Description")).toBeFocused();
  await keys.press("Tab");
  await expect(person.field("Scopes")).toBeFocused();
  await keys.type("images:read");
  await keys.press("Tab");
  await expect(person.field("Tags")).toBeFocused();
  await keys.press("Tab");
  await expect(person.field("Never expires")).toBeFocused();
  await keys.press("Space");
  await keys.press("Tab");
  await expect(person.field("Days until it expires")).toBeFocused();
  await keys.press("ControlOrMeta+a");
  await keys.type("7");
  await keys.press("Enter");
  await person.readSecret();
  const [made] = await api.listTokens(team.id);
  expect(made).toMatchObject({ name: "by keyboard", scopes: ["images:read"] });
  expect(made?.expires_at).not.toBeNull();
});

test("where the focus is can be seen, everywhere on the way", async ({ person, world }) => {
  for (const path of ["/tokens", "/tokens/new", `/tokens/${world.open.id}`, "/audit"]) {
    await person.open(path);
    for (let presses = 0; presses < 30; presses++) {
      await person.page.keyboard.press("Tab");
      const bare = await person.page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return undefined;
        const seen = [element, element.parentElement, element.nextElementSibling].some((candidate) => {
          if (!candidate) return false;
          const style = getComputedStyle(candidate);
          return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
        });
        return seen ? undefined : element.outerHTML.slice(0, 200);
      });
      expect(bare, `focus on ${path}`).toBeUndefined();
    }
  }
});

test("a menu opens by key, closes by Escape, and gives the focus back", async ({ person }) => {
  await person.open("/");
  const button = person.button("Theme");
  await button.focus();
  await person.page.keyboard.press("Enter");
  await expect(person.button("Dark")).toBeVisible();
  await person.page.keyboard.press("Escape");
  await expect(person.button("Dark")).toBeHidden();
  await expect(button).toBeFocused();
});

test("a dialog holds the focus, closes by Escape, and gives the focus back @js", async ({ person, api }) => {
  const team = await api.createTeam();
  const token = await api.createToken({ name: "asked about", team_id: team.id });
  await person.open(`/tokens/${token.id}`);
  const opener = person.link("Revoke…");
  await opener.focus();
  await person.page.keyboard.press("Enter");
  const dialog = person.page.getByRole("dialog", { name: "Revoke “asked about”?" });
  await expect(dialog).toBeVisible();
  for (let presses = 0; presses < 6; presses++) {
    await person.page.keyboard.press("Tab");
    const outside = await dialog.evaluate((dialog) => {
      const active = document.activeElement;
      return active !== document.body && !dialog.contains(active);
    });
    expect(outside, "focus behind the dialog").toBe(false);
  }
  await person.page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(person.page).toHaveURL(/\/tokens\/[0-9a-f-]{36}$/);
  await expect(opener).toBeFocused();
  await person.reload();
  await expect(dialog).toHaveCount(0);
});

test("a dialog is an address: back closes it, and a reload keeps it", async ({ person, api }) => {
  const team = await api.createTeam();
  const token = await api.createToken({ name: "addressed", team_id: team.id });
  const dialog = person.page.getByRole("dialog", { name: "Revoke “addressed”?" });
  await person.open(`/tokens/${token.id}`);
  await person.link("Revoke…").click();
  await expect(dialog).toBeVisible();
  await person.reload();
  await expect(dialog).toBeVisible();
  await person.page.goBack();
  await expect(dialog).toHaveCount(0);
});

test("after a link was followed, the focus is on the new page @js", async ({ person }) => {
  await person.open("/");
  await person.link("Audit").first().click();
  await person.sees("Audit");
  await expect(person.main()).toBeFocused();
});
