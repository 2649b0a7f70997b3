// When, from where, how often and how many times a token may be used.

import { expect, test } from "../../harness/fixtures.ts";

const LIMITS = { begins: "2100-01-01T09:00", networks: "10.1.2.3/8\n192.0.2.7", rate: ["100", "60"] as [string, string] };

test("a token is made with limits, and its page says them", async ({ person, api }) => {
  const team = await api.createTeam();
  await person.open("/tokens/new");
  await expect(person.field("Networks")).toBeHidden();
  await person.ask({ name: "limited", team: team.name, scopes: "a", ...LIMITS });
  await person.sendToken();
  const secret = await person.readSecret();
  expect(await api.getToken(person.tokenId())).toMatchObject({
    status: "scheduled",
    not_before: "2100-01-01T09:00:00Z",
    allowed_cidrs: ["10.0.0.0/8", "192.0.2.7/32"],
    rate_limit: { requests: 100, seconds: 60 },
  });
  expect(await api.verify(secret)).toMatchObject({ valid: false, code: "not_yet_valid" });

  await person.link("I have stored it").click();
  await person.sees("limited");
  await expect(person.main()).toContainText("Scheduled");
  await expect(person.main()).toContainText("It begins on 1 Jan 2100, 09:00 UTC.");
  await expect(person.main()).toContainText("It works only from 10.0.0.0/8, 192.0.2.7/32.");
  await expect(person.main()).toContainText("It takes at most 100 requests in 60 s.");
});

test("the sentence beside the form tells the limits @js", async ({ person, api }) => {
  const team = await api.createTeam();
  await person.open("/tokens/new");
  const plan = person.page.getByRole("complementary", { name: "What this creates" });
  await person.ask({ name: "limited", team: team.name, scopes: "a", ...LIMITS, networks: "10.0.0.0/8 ::1 ::2 ::3 ::4" });
  await expect(plan).toContainText("It begins on 1 Jan 2100, 09:00 UTC.");
  await expect(plan).toContainText("It works only from 10.0.0.0/8, ::1, ::2 and 2 more.");
  await expect(plan).toContainText("It takes at most 100 requests in 60 s.");
  await person.limit({ rate: ["100", ""], uses: ["5000", "Every week"] });
  await expect(plan).not.toContainText("It takes at most");
  await expect(plan).toContainText("Number of uses: 5,000 every week.");
});

test("half a rate is refused beneath its fields, and nothing typed is lost", async ({ person, api }) => {
  person.watch.allowStatus(409, 422);
  const team = await api.createTeam();
  await person.open("/tokens/new");
  await person.ask({ name: "limited", team: team.name, scopes: "a", ...LIMITS, rate: ["100", ""] });
  await person.sendToken();
  await expect(person.summary()).toContainText("Enter 1 to 1,000,000 requests in 1 to 86,400 seconds.");
  await person.settle();
  const rate = person.main().getByRole("group", { name: "Rate limit" });
  await expect(rate).toHaveAccessibleDescription(/Enter 1 to 1,000,000 requests/);
  await person.summary().getByRole("link", { name: "Rate limit" }).click();
  await expect(rate).toBeFocused();
  await expect(person.field("Begins")).toHaveValue("2100-01-01T09:00");
  await expect(person.field("Networks")).toHaveValue(LIMITS.networks);
  await expect(person.field("Requests")).toHaveValue("100");
  expect(await api.listTokens(team.id)).toEqual([]);
});

test("limits are changed later, and lifted", async ({ person, api }) => {
  person.watch.allowStatus(409, 422);
  const team = await api.createTeam();
  const token = await api.createToken({ name: "tightened", team_id: team.id, allowed_cidrs: ["10.0.0.0/8"] });
  await person.open(`/tokens/${token.id}`);
  await person.link("Change limits").click();
  await person.sees("Change limits");
  await person.settle();
  await expect(person.field("Networks")).toHaveValue("10.0.0.0/8");
  await person.limit({ begins: "2100-01-01T09:00", networks: "nowhere", rate: ["5", "1"] });
  await person.button("Save limits").click();
  await expect(person.summary()).toContainText("Enter networks like 10.0.0.0/8");
  await person.settle();
  await expect(person.field("Begins")).toHaveValue("2100-01-01T09:00");
  await person.limit({ networks: "" });
  await person.button("Save limits").click();
  await person.sees("tightened");
  await expect(person.main()).toContainText("It takes at most 5 requests in 1 s.");
  expect(await api.getToken(token.id)).toMatchObject({
    status: "scheduled",
    not_before: "2100-01-01T09:00:00Z",
    allowed_cidrs: [],
    rate_limit: { requests: 5, seconds: 1 },
  });

  await person.link("Change limits").click();
  await person.sees("Change limits");
  await person.settle();
  await person.limit({ begins: "", rate: ["", ""] });
  await person.button("Save limits").click();
  await person.sees("tightened");
  await expect(person.main()).toContainText("None: good at once");
  expect(await api.verify(token.token)).toMatchObject({ valid: true });
});

test("a token is made with uses, which its page counts down", async ({ person, api }) => {
  const team = await api.createTeam();
  await person.open("/tokens/new");
  await person.ask({ name: "trial", team: team.name, scopes: "a", uses: ["1200", "Never"] });
  await person.sendToken();
  const secret = await person.readSecret();
  expect(await api.getToken(person.tokenId())).toMatchObject({ uses_limit: { count: 1200, per: null }, uses_left: 1200, uses_refill_at: null });
  expect(await api.verify(secret)).toMatchObject({ valid: true, uses_left: 1199 });
  await person.link("I have stored it").click();
  await person.sees("trial");
  await expect(person.main()).toContainText("Number of uses: 1,200 in all.");
  await expect(person.main()).toContainText("1,199 of 1,200 left.");
});

test("spent uses are refused until there are more, and a change keeps what is spent", async ({ person, api }) => {
  person.watch.allowStatus(409, 422);
  const team = await api.createTeam();
  const token = await api.createToken({ name: "metered", team_id: team.id, uses_limit: { count: 1, per: "month" } });
  expect(await api.verify(token.token)).toMatchObject({ valid: true, uses_left: 0 });
  expect(await api.verify(token.token)).toMatchObject({ valid: false, code: "uses_spent", uses_left: 0 });
  await person.open(`/tokens/${token.id}`);
  await expect(person.main()).toContainText("Number of uses: 1 every month.");
  await expect(person.main()).toContainText("0 of 1 left until 1 ");
  await person.link("Change limits").click();
  await person.sees("Change limits");
  await person.settle();
  await expect(person.field("Number of uses")).toHaveValue("1");
  await expect(person.field("Refilled")).toHaveValue("month");
  await person.limit({ uses: ["0", "Every month"] });
  await person.button("Save limits").click();
  await expect(person.summary()).toContainText("Enter 1 to 1,000,000,000 uses");
  await person.settle();
  const uses = person.main().getByRole("group", { name: "Uses" });
  await expect(uses).toHaveAccessibleDescription(/Enter 1 to 1,000,000,000 uses/);
  await person.limit({ uses: ["3", "Every month"] });
  await person.button("Save limits").click();
  await person.sees("metered");
  await expect(person.main()).toContainText("2 of 3 left until 1 ");
  expect(await api.verify(token.token)).toMatchObject({ valid: true, uses_left: 1 });

  await person.link("Change limits").click();
  await person.sees("Change limits");
  await person.settle();
  await person.limit({ uses: ["", "Never"] });
  await person.button("Save limits").click();
  await person.sees("metered");
  await expect(person.main()).toContainText("None: good at once");
});
