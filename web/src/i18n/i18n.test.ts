import { describe, expect, it } from "vitest";
import { preferredLanguage, translate, wordsOf } from ".";
import { en as firstEn } from "./en";
import { en as panelsEn } from "./panels_en";
import { zh as panelsZh } from "./panels_zh";
import { zh as firstZh } from "./zh";

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
const en: Record<string, string> = { ...firstEn, ...panelsEn };
const zh: Record<string, string> = { ...firstZh, ...panelsZh };
const keys = Object.keys(en);

// As the default models name them.
const ASPECTS = [
  ...["location_transportation", "location_downtown", "location_easy_to_find", "service_queue", "service_hospitality"],
  ...["service_parking", "service_timely", "price_level", "price_cost_effective", "price_discount"],
  ...["ambience_decoration", "ambience_noise", "ambience_space", "ambience_sanitary"],
  ...["food_portion", "food_taste", "food_appearance", "food_recommend", "food", "service", "ambiance", "noise"],
];

describe("dictionaries", () => {
  it("have the same keys", () => {
    expect(Object.keys(firstZh).sort()).toEqual(Object.keys(firstEn).sort());
    expect(Object.keys(panelsZh).sort()).toEqual(Object.keys(panelsEn).sort());
  });

  it("have no key twice", () => {
    expect(keys).toHaveLength(Object.keys(firstEn).length + Object.keys(panelsEn).length);
  });

  it("know the words of a panel once it is loaded", async () => {
    expect(wordsOf("en").name("health", "lost")).toBe("lost");
    await import("./panels");
    expect(wordsOf("zh").name("health", "lost")).toBe("丢失");
    expect(translate("en", "live.rate", { n: 3 })).toBe("3/s");
  });

  it.each(keys)("%s has words and the same placeholders in both", (key) => {
    expect(en[key]?.trim()).toBeTruthy();
    expect(zh[key]?.trim()).toBeTruthy();
    expect(placeholders(zh[key] ?? "")).toEqual(placeholders(en[key] ?? ""));
  });

  it("name every aspect", () => {
    for (const aspect of ASPECTS) {
      expect(wordsOf("zh").name("aspect", aspect)).not.toBe(aspect);
      expect(wordsOf("en").name("aspect", aspect)).not.toBe(aspect);
    }
  });
});

describe("words", () => {
  it("shows unknown names as they are", () => {
    expect(wordsOf("zh").name("aspect", "music_taste")).toBe("music_taste");
    expect(wordsOf("en").name("aspect", "__proto__")).toBe("__proto__");
  });

  it("fills in parameters and leaves unknown ones visible", () => {
    expect(translate("en", "answer.confidence", { percent: "97%" })).toBe("97% sure");
    expect(translate("en", "answer.confidence")).toBe("{percent} sure");
  });

  it("chooses the language", () => {
    expect(preferredLanguage("en", "zh-CN")).toBe("en");
    expect(preferredLanguage(undefined, "zh-TW")).toBe("zh");
    expect(preferredLanguage("klingon", "de-DE")).toBe("en");
  });

  it("formats microseconds and lists", () => {
    expect([9.14, 41.25, 9999, 28_400].map(wordsOf("en").microseconds)).toEqual([
      "9.14 µs",
      "41.3 µs",
      "9,999 µs",
      "28.4 ms",
    ]);
    expect(wordsOf("zh").microseconds(28_400)).toBe("28.4 毫秒");
    expect(wordsOf("zh").list(["逻辑回归", "编码器"])).toBe("逻辑回归、编码器");
  });

  it("formats durations", () => {
    const { duration } = wordsOf("en");
    expect([0.3, 59, 61, 3723].map(duration)).toEqual(["0.3 s", "59 s", "1 min 1 s", "1 h 2 min"]);
  });
});
