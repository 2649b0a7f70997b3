// On a phone: no page is wider than the screen.

import { expect, test } from "../../harness/fixtures.ts";
import { EMPTY, pages } from "../../harness/world.ts";

for (const width of [390, 320]) {
  test.describe(`${width} px wide`, () => {
    test.use({ viewport: { width, height: 844 } });

    test("no page scrolls sideways", async ({ person, world, api }) => {
      person.watch.allowStatus(404, 422);
      const wide: string[] = [];
      const measure = async (name: string) => {
        // A page can be seen before its style has come, and is as wide as its words then.
        await person.page.waitForLoadState("load");
        const over = await person.page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.documentElement;
          if (scrollWidth <= clientWidth) return undefined;
          const widest = [...document.querySelectorAll("body *")]
            .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
            .map((element) => element.outerHTML.slice(0, 120));
          return `${scrollWidth} > ${clientWidth}: ${widest.slice(0, 3).join(" … ")}`;
        });
        if (over) wide.push(`${name}: ${over}`);
      };
      for (const [name, path] of pages(world)) {
        await person.open(path);
        await measure(name);
      }
      for (const locale of ["zh-CN", "zh-TW"]) {
        await person.page.context().addCookies([{ name: "tokenkeep_locale", value: locale, url: person.server.url }]);
        await person.open("/tokens/new");
        await measure(`new token, ${locale}`);
      }
      await person.page.context().clearCookies({ name: "tokenkeep_locale" });

      const team = await api.createTeam();
      await person.open("/tokens/new");
      await person.ask({ scopes: "No!" });
      await person.sendToken();
      await expect(person.summary()).toBeVisible();
      await measure("new token, refused");
      await person.createToken({ name: "x".repeat(255), team: team.name, scopes: `a:${"b".repeat(90)}`, description: "y".repeat(500) });
      await measure("secret");
      await person.link("I have stored it").click();
      await person.sees(/^x+$/);
      await measure("token with the longest name");
      await person.open(`/tokens?team=${team.id}`);
      await measure("list with the longest name");
      await person.open("/audit");
      await measure("audit with the longest name");
      await person.page.context().clearCookies();
      await person.open("/sign-in?next=/tokens/new");
      await measure("door");
      expect(wide).toEqual([]);
    });

    test("no empty page scrolls sideways", async ({ newServer, person, owner }) => {
      const server = await newServer({ owner });
      await person.page.context().clearCookies();
      await person.open(`${server.url}/sign-in`);
      await person.signIn();
      await person.sees("Overview");
      for (const [name, path] of EMPTY) {
        await person.open(server.url + path);
        const over = await person.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(over, name).toBeLessThanOrEqual(0);
      }
    });
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("everything that can be tapped in the frame is large enough", async ({ person, world }) => {
    await person.open(`/tokens/${world.open.id}`);
    // WCAG 2.2, 2.5.8: 24 by 24 CSS pixels.
    const small = await person.page.evaluate(() =>
      [...document.querySelectorAll("nav a, header button, .button, input, select, textarea")]
        .filter((element) => element.checkVisibility())
        .map((element) => ({ box: element.getBoundingClientRect(), html: element.outerHTML.slice(0, 120) }))
        .filter(({ box }) => box.width > 0 && (box.width < 16 || box.height < 16))
        .map(({ html }) => html),
    );
    expect(small).toEqual([]);
  });

  test("a token is made", async ({ person, api }) => {
    const team = await api.createTeam();
    await person.open("/");
    await person.link("Tokens").first().click();
    await person.sees("Tokens");
    await person.link("Create token").first().click();
    await person.sees("Create token");
    await person.settle();
    await person.ask({ name: "by thumb", team: team.name, scopes: "a" });
    await person.sendToken();
    await person.readSecret();
  });
});
