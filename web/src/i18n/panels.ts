// The words of the panels that are loaded when somebody wants to see them: imported by each of those.
import { addWords } from ".";
import { en } from "./panels_en";
import { zh } from "./panels_zh";

addWords({ en, zh });
