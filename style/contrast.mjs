// Proves the contrast of the design tokens (WCAG 2.2: 1.4.3 text 4.5:1, 1.4.11 controls 3:1) in both themes. `node style/contrast.mjs`
import { readFileSync } from "node:fs";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const oklch = String.raw`oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)`;
const tokens = { light: {}, dark: {} };
for (const [, name, ...numbers] of css.matchAll(new RegExp(`--([a-z-]+): light-dark\\((?:oklch\\(([\\d.]+) ([\\d.]+) ([\\d.]+)\\)), (?:${oklch})\\)`, "g"))) {
  const [l1, c1, h1, l2, c2, h2] = numbers.map(Number);
  tokens.light[name] = [l1, c1, h1];
  tokens.dark[name] = [l2, c2, h2];
}

// OKLCH to linear sRGB (Björn Ottosson, "A perceptual color space for image processing").
function linear([lightness, chroma, hue]) {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((channel) => Math.min(1, Math.max(0, channel)));
}
const luminance = (colour) => linear(colour).reduce((sum, channel, i) => sum + channel * [0.2126, 0.7152, 0.0722][i], 0);
function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const surfaces = ["surface", "surface-raised", "surface-sunken"];
const pairs = [
  ...surfaces.flatMap((s) => ["text", "text-muted", "accent", "ok", "warn", "danger"].map((t) => [t, s, 4.5])),
  ...surfaces.map((s) => ["line-control", s, 3]),
  ["on-accent", "accent", 4.5],
  ["on-accent", "accent-hover", 4.5],
  ["on-danger", "danger", 4.5],
  ["on-danger", "danger-hover", 4.5],
  ...["accent", "ok", "warn", "danger"].flatMap((t) => [[t, `${t}-soft`, 4.5], ["text", `${t}-soft`, 4.5], ["text-muted", `${t}-soft`, 4.5]]),
];

let bad = 0;
for (const theme of ["light", "dark"]) {
  for (const [front, back, least] of pairs) {
    const ratio = contrast(tokens[theme][front], tokens[theme][back]);
    if (ratio < least) bad += 1;
    if (ratio < least || process.argv.includes("--all")) console.log(`${theme} ${front} on ${back}: ${ratio.toFixed(2)} (at least ${least})`);
  }
}
console.log(bad ? `${bad} pairs are too faint` : `${pairs.length * 2} pairs are readable`);
process.exit(bad ? 1 : 0);
