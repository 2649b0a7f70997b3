// Theme and language: written by the server, on every page, with and without a script.

import { readFileSync } from "node:fs";
import type { Locator } from "@playwright/test";
import { expect, test } from "../../harness/fixtures.ts";

const LANGUAGES = [
  ["en", "English"],
  ["zh-CN", "简体中文"],
  ["zh-TW", "繁體中文"],
] as const;

/** A word of the console in one of its languages. */
function word(locale: string, file: string, key: string): string {
  const path = new URL(`../../../app/locales/${locale}/${file}.json`, import.meta.url);
  return (JSON.parse(readFileSync(path, "utf8")) as Record<string, string>)[key] ?? "";
}

test("the language is chosen in the menu, and stays", async ({ person }) => {
  let language = "Language";
  for (const [locale, name] of LANGUAGES.toReversed()) {
    await person.open("/settings");
    await person.choose(language, name);
    language = word(locale, "ui", "language");
    expect(new URL(person.page.url()).pathname).toBe("/settings");
    await expect(person.page.locator("html")).toHaveAttribute("lang", locale);
    await person.sees(word(locale, "ui", "settings"));
    await person.link(word(locale, "ui", "tokens")).click();
    await person.sees(word(locale, "token", "title"));
    await person.reload();
    await person.sees(word(locale, "token", "title"));
    await expect(person.page.locator("html")).toHaveAttribute("lang", locale);
  }
});

test("the theme is chosen in the menu, and stays", async ({ person }) => {
  const html = person.page.locator("html");
  await person.open("/audit");
  await expect(html).toHaveAttribute("data-theme", "system");
  for (const [item, theme, scheme] of [
    ["Dark", "dark", "dark"],
    ["Light", "light", "light"],
    ["Same as system", "system", "light"],
  ] as const) {
    await person.choose("Theme", item);
    await expect(html).toHaveAttribute("data-theme", theme);
    expect(await brightness(person.page.locator("html"))).toBe(scheme);
    await person.open("/teams");
    await expect(html).toHaveAttribute("data-theme", theme);
    expect(await brightness(person.page.locator("html"))).toBe(scheme);
  }
});

test("the system's own theme is followed until another is chosen", async ({ person }) => {
  await person.page.emulateMedia({ colorScheme: "dark" });
  await person.open("/");
  expect(await brightness(person.page.locator("html"))).toBe("dark");
  await person.choose("Theme", "Light");
  expect(await brightness(person.page.locator("html"))).toBe("light");
});

test("the server writes language and theme into the document, so that nothing flashes", async ({ server, session }) => {
  const get = async (cookies: string, languages = "en") => {
    const answer = await fetch(`${server.url}/tokens`, {
      headers: { Cookie: `${session.name}=${session.value}; ${cookies}`, "Accept-Language": languages, Accept: "text/html" },
    });
    return (await answer.text()).match(/<html[^>]*>/)?.[0] ?? "";
  };
  expect(await get("tokenkeep_theme=dark; tokenkeep_locale=zh-TW")).toMatch(/lang="zh-TW".*data-theme="dark"/);
  expect(await get("", "zh-CN,zh;q=0.9,en;q=0.8")).toMatch(/lang="zh-CN".*data-theme="system"/);
  expect(await get("", "zh-HK,zh;q=0.9")).toMatch(/lang="zh-TW"/);
  expect(await get("", "fr-FR,fr;q=0.9")).toMatch(/lang="en"/);
  expect(await get('tokenkeep_theme="><script>; tokenkeep_locale=xx')).toMatch(/lang="en".*data-theme="system"/);
});

test.describe("at the door", () => {
  test.use({ signedIn: false, locale: "zh-CN" });

  test("the browser's language is spoken before anybody has chosen", async ({ person }) => {
    await person.open("/sign-in");
    await expect(person.page.locator("html")).toHaveAttribute("lang", "zh-CN");
    await person.sees(word("zh-CN", "door", "sign_in"));
    await person.choose(word("zh-CN", "ui", "language"), "繁體中文");
    await person.sees(word("zh-TW", "door", "sign_in"));
    await person.choose(word("zh-TW", "ui", "theme"), word("zh-TW", "ui", "theme_dark"));
    await expect(person.page.locator("html")).toHaveAttribute("data-theme", "dark");
    await expect(person.page.locator("html")).toHaveAttribute("lang", "zh-TW");
  });
});

/** Whether an element's background is light or dark. */
function brightness(element: Locator): Promise<"light" | "dark"> {
  return element.evaluate((element) => {
    const canvas = document.createElement("canvas").getContext("2d");
    if (!canvas) throw new Error("no canvas");
    canvas.fillStyle = getComputedStyle(element).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data;
    return red + green + blue > 3 * 128 ? "light" : "dark";
  });
}
