import { render } from "preact";
import { WordsProvider } from "./i18n";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/answer.css";
import "./styles/sentences.css";
import "./styles/file.css";
import "./styles/model.css";
import { App } from "./ui/App";

const page = document.getElementById("page");
if (page) {
  render(
    <WordsProvider>
      <App />
    </WordsProvider>,
    page,
  );
}
