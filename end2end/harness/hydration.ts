// When has the browser taken a page over? When the router and every form listen. Nothing in the page says so: the listeners are noted.

import type { Page } from "@playwright/test";
import { until } from "./until.ts";

interface Hearing {
  hears: (target: EventTarget, type: string) => boolean;
}

/** Runs in each document before its own scripts. */
export function HEARING(): void {
  const heard = new WeakMap<EventTarget, Set<string>>();
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (
    this: EventTarget | undefined,
    ...rest: Parameters<typeof add>
  ) {
    const target = this ?? window;
    const types = heard.get(target) ?? new Set();
    heard.set(target, types.add(rest[0]));
    add.apply(target, rest);
  };
  (window as unknown as Hearing).hears = (target, type) => heard.get(target)?.has(type) ?? false;
}

/** Waits until the page is alive. */
export async function hydrated(page: Page): Promise<void> {
  await until(`${page.url()} is hydrated`, 15_000, () =>
    page
      .evaluate(() => {
        const { hears } = window as unknown as Hearing;
        const forms = [...document.querySelectorAll("form.form")];
        const copies = [...document.querySelectorAll<HTMLElement>("button.copy")];
        return (
          document.readyState === "complete" &&
          hears(window, "popstate") &&
          forms.every((form) => hears(form, "submit")) &&
          copies.every((button) => !button.hidden)
        );
      })
      // The document was replaced meanwhile.
      .catch(() => false),
  );
}
