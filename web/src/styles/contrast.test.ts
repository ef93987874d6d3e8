import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

// The hexadecimal colours of one theme's block.
function tokens(selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf("}", start));
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((found) => [found[1], found[2]]));
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const TEXT_ON_GROUND: [string, string[]][] = [
  ["ink", ["paper", "surface", "sunken", "bubble", "positive-soft", "neutral-soft", "negative-soft"]],
  ["ink-soft", ["paper", "surface", "sunken"]],
  ["accent", ["paper", "surface"]],
  ["on-accent", ["accent", "accent-strong"]],
  ["positive", ["surface", "positive-soft"]],
  ["neutral", ["surface", "neutral-soft", "paper"]],
  ["negative", ["surface", "negative-soft", "paper"]],
];

describe.each([":root", ':root[data-theme="dark"]'])("colours of %s", (selector) => {
  const colours = tokens(selector);
  const of = (name: string) => colours[name] ?? "";

  it.each(TEXT_ON_GROUND)("%s reads well on its grounds", (text, grounds) => {
    for (const ground of grounds) expect(contrast(of(text), of(ground)), ground).toBeGreaterThanOrEqual(4.5);
  });

  it("controls and bars stand out from their ground", () => {
    for (const name of ["line-control", "accent", "positive-fill", "negative-fill"]) {
      expect(contrast(of(name), of("surface")), name).toBeGreaterThanOrEqual(3);
    }
  });
});
