// Waiting for something that tells nobody when it happens.

import { setTimeout as pause } from "node:timers/promises";

/** Asks again and again until the answer is truthy, and returns it. */
export async function until<T>(what: string, withinMs: number, ask: () => T | Promise<T>): Promise<NonNullable<T>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`Waited ${withinMs} ms in vain: ${what}`);
    await pause(50);
  }
}
