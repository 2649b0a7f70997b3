// A lived-in Tokenkeep, and every page of it.

import type { Api, Route, Team, Token } from "./api.ts";
import { until } from "./until.ts";

export interface World {
  teams: Team[];
  /** Revealable and active. */
  open: Token;
  expired: Token;
  revoked: Token;
  /** Disabled, with every limit. */
  disabled: Token;
  /** Rotated, and its former secret still works. */
  rotated: Token;
  /** Locked to two networks, and used from one of them, and from elsewhere. */
  locked: Token;
  /** With a route above it and one below, and a secret that is delivered. */
  route: Route;
}

const TEAMS: [name: string, description: string][] = [
  ["Platform", "Keeps the clusters, the gateways and the build running. Ask in #platform before you change a limit."],
  ["图像服务", "缩略图、水印与审核。夜间任务由值班同事负责，白天请在群里找小林。"],
  ["Data & Insights", "Reports and exports."],
  ["LLM gateway", "Routes calls to models, counts them, and says no at the right moment."],
  ["n8n 自動化", "工作流程與排程。"],
  ["Verwaltungsdienstleistungsgesellschaft", ""],
];

type Row = [name: string, team: number, scopes: string[], days: number | null, description?: string];

const TOKENS: Row[] = [
  ["image job", 1, ["images:read", "images:write"], 90, "Nightly thumbnails."],
  ["缩略图夜间任务", 1, ["images:read", "images:write", "queue:pull"], 12, "每天凌晨两点由 n8n 触发，失败后重试三次，再失败就给值班的人发消息；不要在白天手动触发，会和上传抢带宽。"],
  ["deploy bot", 0, ["deploy:*"], 30, "Rolls out what the main branch has built."],
  ["terraform", 0, ["*"], 7, "Plans and applies. Used from the runner in the rack only; everybody else signs in as themselves."],
  ["metrics scraper", 0, ["metrics:read"], null, "Reads every five minutes."],
  ["status page", 0, ["metrics:read", "incidents:read"], null],
  ["backup-verifier-for-the-archive-in-the-other-data-centre-which-nobody-remembers", 0, ["backups:read"], 365, "Restores one backup a week and compares."],
  ["weekly report", 2, ["reports:read", "reports:write", "mail:send"], 45],
  ["export to warehouse", 2, ["reports:read"], 3, "Moves yesterday's rows into the warehouse before people arrive."],
  ["notebook of Ada", 2, ["reports:read"], 14, "For the quarterly numbers."],
  ["chat frontend", 3, ["models:chat", "models:embed"], 180, "The assistant inside the help centre."],
  ["batch summaries", 3, ["models:chat"], 60],
  ["evaluation runs", 3, ["models:*", "traces:write"], 21, "Compares models each night on the same two hundred questions."],
  ["開發測試", 3, ["models:chat"], 1, "本機開發用，每天換一次。"],
  ["發票匯入", 4, ["invoices:write"], 120, "從信箱讀取發票，寫入會計系統；月底前請勿撤銷。"],
  ["客戶通知", 4, ["mail:send", "contacts:read"], null],
  ["webhook receiver", 4, ["hooks:receive"], 240, "Takes what the shop sends."],
  ["Personalstammdatenabgleich", 5, ["people:read"], 200],
  ["vpn portal", 5, ["people:read", "people:verify"], 75],
  ["door locks", 5, ["doors:open"], null, "Opens the doors for who has a badge."],
  ["badge printer", 5, ["people:read"], 10],
  ["search indexer", 2, ["reports:read", "images:read", "people:read", "invoices:read"], 33, "Walks through everything that may be found."],
  ["ci cache", 0, ["cache:read", "cache:write"], 400],
  ["ci cache (read only)", 0, ["cache:read"], 400],
  ["水印服务", 1, ["images:write"], 150],
  ["审核回调", 1, ["images:review"], 5, "审核平台的回调。"],
];

/** Makes teams and tokens in every state. `whole` is what the pictures show; less is enough for everything else. */
export async function seed(api: Api, whole = false): Promise<World> {
  const teams: Team[] = [];
  for (const [name, description] of whole ? TEAMS : TEAMS.slice(0, 2)) {
    teams.push(await api.createTeam(name, { description, reveal_allowed: teams.length % 2 === 0 }));
  }
  const team = (index: number) => teams[index % teams.length] as Team;
  const first = team(0).id;
  const expired = await api.createToken({
    name: "load test of March",
    team_id: first,
    scopes: ["load:run"],
    description: "Ran for an afternoon.",
    expires_at: new Date(Date.now() + 1_000).toISOString(),
  });
  const ended = await api.createToken({ name: "old deploy bot", team_id: first, scopes: ["deploy:*"], expires_days: 90, description: "Leaked in a log; replaced the same hour." });
  for (const [name, index, scopes, days, description = ""] of whole ? TOKENS : TOKENS.slice(0, 5)) {
    await api.createToken({ name, team_id: team(index).id, scopes, expires_days: days, description });
  }
  const revoked = await api.revoke(ended.id);
  const open = await api.createToken({
    name: "gateway of the shop",
    team_id: first,
    scopes: ["models:chat", "images:read", "orders:read", "orders:write"],
    expires_days: 20,
    description: "Sits in front of the shop and asks for each call. If it stops, nobody can pay: ask Ada or Grace first, in that order, at any hour of the day.",
    revealable: true,
  });
  const limited = await api.createToken({
    name: "partner of the shop",
    team_id: first,
    scopes: ["orders:read"],
    expires_days: 300,
    description: "From the two networks of the partner only.",
    not_before: new Date(Date.now() - 60_000).toISOString(),
    allowed_cidrs: ["203.0.113.0/24", "2001:db8:12::/48"],
    rate_limit: { requests: 600, seconds: 60 },
    uses_limit: { count: 25_000, per: "month" },
  });
  const disabled = await api.disable(limited.id);
  await api.createToken({
    name: "next campaign",
    team_id: first,
    scopes: ["mail:send"],
    expires_days: 60,
    not_before: new Date(Date.now() + 7 * 86_400_000).toISOString(),
  });
  const made = await api.createToken({ name: "mailer", team_id: first, scopes: ["mail:send"], expires_days: 120 });
  const rotated = await api.rotate(made.id);
  const locked = await api.createToken({
    name: "reports of the office",
    team_id: first,
    scopes: ["reports:*", "mail:send"],
    expires_days: 200,
    allowed_cidrs: ["192.0.2.0/24", "2001:db8:7::/48"],
  });
  for (const scope of ["models:chat", "models:chat", "orders:read", "audio"]) {
    await api.use(open.token, "192.0.2.7", [scope]);
    await api.use(open.token, "2001:db8:12::7", ["models:chat"]);
  }
  await api.use(open.token, "203.0.113.9", ["billing:write"]);
  await api.use(locked.token, "192.0.2.40", ["reports:read"]);
  await api.use(locked.token, "203.0.113.9", ["reports:read"]);
  await until("uses are counted", 15_000, async () => (await api.uses(open.id)) === 9 && (await api.uses(locked.id)) === 2);
  await until("a token has expired", 15_000, async () => (await api.getToken(expired.id)).status === "expired");
  await api.createRoute({ path: "/api", backend_url: "https://api.example", name: "everything else" });
  await api.createRoute({ path: "/api/image/admin", backend_url: "http://10.0.0.7:8080", scopes: ["images:admin", "images:read"] });
  const route = await api.createRoute({
    path: "/api/image",
    backend_url: "https://images.example/v1",
    name: "images",
    description: "What draws.",
    tags: ["llm", "media"],
    auth: { type: "api-key", header_name: "X-API-Key", key: "the key of the image backend" },
    deliver_secret: true,
  });
  return { teams, open, expired, revoked, disabled, rotated, locked, route };
}

/** Every page behind the door, as somebody sees it who has worked here for a while. */
export function pages({ teams, open, expired, revoked, disabled, rotated, locked, route }: World): [name: string, path: string][] {
  return [
    ["overview", "/"],
    ["tokens", "/tokens"],
    ["tokens of a team", `/tokens?team=${teams[0]?.id}`],
    ["new token", "/tokens/new"],
    ["token", `/tokens/${open.id}`],
    ["token, expired", `/tokens/${expired.id}`],
    ["token, revoked", `/tokens/${revoked.id}`],
    ["token, disabled", `/tokens/${disabled.id}`],
    ["token, to be enabled", `/tokens/${disabled.id}?dialog=enable`],
    ["token, to be disabled", `/tokens/${open.id}?dialog=disable`],
    ["limits of a token", `/tokens/${disabled.id}/conditions`],
    ["limits, ended", `/tokens/${revoked.id}/conditions`],
    ["token, to be extended", `/tokens/${open.id}?dialog=extend`],
    ["token, to be edited", `/tokens/${open.id}/edit`],
    ["token, to be rotated", `/tokens/${open.id}?dialog=rotate`],
    ["token, rotated", `/tokens/${rotated.id}`],
    ["token, rotation to be finished", `/tokens/${rotated.id}?dialog=finish`],
    ["token, to be revealed", `/tokens/${open.id}?dialog=reveal`],
    ["token, to be revoked", `/tokens/${open.id}?dialog=revoke`],
    ["token, scopes to be narrowed", `/tokens/${open.id}?dialog=narrow`],
    ["token, locked", `/tokens/${locked.id}`],
    ["secret, gone", `/tokens/${open.id}/secret`],
    ["teams", "/teams"],
    ["new team", "/teams/new"],
    ["mirrors", "/mirrors"],
    ["mirror", "/mirrors/files"],
    ["new mirror", "/mirrors/new"],
    ["new mirror, KV", "/mirrors/new?kind=kv"],
    ["new mirror, S3", "/mirrors/new?kind=s3"],
    ["new mirror, Git", "/mirrors/new?kind=git"],
    ["new mirror, Postgres", "/mirrors/new?kind=postgres"],
    ["target of a configured mirror", "/mirrors/files/target"],
    ["routes", "/routes"],
    ["new route", "/routes/new"],
    ["route", `/routes/${route.id}`],
    ["route, to be deleted", `/routes/${route.id}?dialog=delete`],
    ["no such route", "/routes/nowhere"],
    ["request to be tried", "/routes/test"],
    ["mirror", "/mirrors/files"],
    ["mirror, none of this name", "/mirrors/nowhere"],
    ["audit", "/audit"],
    ["audit of a token", `/audit?subject_kind=token&subject_id=${open.id}`],
    ["audit of nothing", "/audit?subject_kind=mirror&subject_id=nowhere"],
    ["settings", "/settings"],
    ["no such page", "/nowhere"],
  ];
}

/** The pages of a Tokenkeep in which nothing is yet. */
export const EMPTY: [name: string, path: string][] = [
  ["overview, empty", "/"],
  ["tokens, empty", "/tokens"],
  ["new token, no team", "/tokens/new"],
  ["teams, empty", "/teams"],
  ["mirrors, empty", "/mirrors"],
  ["routes, empty", "/routes"],
];
