// Servers of a check's own, with flags that the one of run.sh does not have. $TENOR names the program.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

// undefined where nobody said which program to run: page.mjs was given a server that runs already.
export const TENOR = process.env.TENOR;

// The server once it listens: { url, stop }. `port` 0: any free one.
export async function serve(flags, port = 0) {
  const server = spawn(TENOR, ["serve", ...flags, "--port", String(port)], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  let said = "";
  const url = await new Promise((resolve, reject) => {
    const read = (piece) => {
      said += piece;
      const found = /http:\/\/[0-9.]+:[0-9]+/.exec(said);
      if (found) resolve(found[0]);
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
    void ended.then(() => reject(new Error(`the server ended: ${said}`)));
  });
  const stop = async (signal = "SIGTERM") => {
    server.kill(signal);
    await ended;
  };
  return { url, stop };
}

// A folder that `work` may fill.
export async function inFolder(work) {
  const folder = await mkdtemp(join(tmpdir(), "tenor-page-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// The built-in models as `names`, the first one live, the second a canary with `share`, the third an arm, the fourth a
// shadow.
export async function rolloutConfig(folder, names = ["june", "july", "tiny", "shade"], share = 0.5) {
  const [live, canary, arm, shadow] = names;
  const file = join(folder, "rollout.yaml");
  await writeFile(
    file,
    [
      "models:",
      ...names.map((name) => `  - {name: ${name}}`),
      "rollout:",
      "  name: page",
      `  live: ${live}`,
      `  canary: ${canary}`,
      `  stages: [${share}, 1]`,
      `  arms: {${arm}: 0.2}`,
      `  shadow: [${shadow}]`,
      `  audit: ${join(folder, "audit.jsonl")}`,
      "",
    ].join("\n"),
  );
  return file;
}
