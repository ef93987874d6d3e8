import { useWords, type Language } from "../i18n";

interface Example {
  language: Language;
  text: string;
}

const EXAMPLES: readonly Example[] = [
  { language: "zh", text: "味道很好，服务员也很热情，就是周末排队要等一个小时，停车不太方便。" },
  { language: "zh", text: "等了四十分钟才上菜，鱼一点都不新鲜，服务员还爱理不理，再也不会来了。" },
  { language: "zh", text: "装修挺有格调，适合拍照；菜量偏少，价格倒还算公道，味道一般。" },
  {
    language: "en",
    text: "The dumplings were wonderful and our waiter could not have been kinder, but it was so loud we had to shout.",
  },
  { language: "en", text: "Cold food, rude staff and an hour of waiting. Never again." },
  { language: "en", text: "It was okay. Nothing special about the food, the service was fine." },
];

export function Welcome({ onExample }: { onExample: (text: string) => void }) {
  const { t, language } = useWords();
  const own = EXAMPLES.filter((example) => example.language === language);
  const other = EXAMPLES.filter((example) => example.language !== language);
  return (
    <div class="welcome">
      <p class="welcome-faces" aria-hidden="true">
        <span>😊</span>
        <span>😐</span>
        <span>😞</span>
      </p>
      <h2 class="welcome-title">{t("welcome.title")}</h2>
      <p class="welcome-body">{t("welcome.body")}</p>
      <h3 class="part-title" id="examples">
        {t("welcome.examples")}
      </h3>
      <ul class="examples" aria-labelledby="examples">
        {[...own, ...other].map((example) => (
          <li key={example.text}>
            <button type="button" class="example" onClick={() => onExample(example.text)}>
              <span class="sr-only">{t("example.send")} </span>
              <span lang={example.language === "zh" ? "zh-CN" : "en"}>{example.text}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="quiet welcome-private">{t("welcome.private")}</p>
    </div>
  );
}
