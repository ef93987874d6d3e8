// What the live view tells as figures: tiles, drift, devices.
import type { ComponentChildren } from "preact";
import type { Devices } from "../../api/devices";
import { useWords } from "../../i18n";
import type { Point } from "../../metrics/rates";
import type { Drift, Reading } from "../../metrics/reading";
import { rateTeller } from "./lines";

export function Tiles({ point, reading }: { point: Point | undefined; reading: Reading }) {
  const words = useWords();
  const { t, number, percent, microseconds, bytes } = words;
  const rate = (value: number | undefined) => (value === undefined ? "–" : rateTeller(words)(value));
  const time = (seconds: number | undefined) => (seconds === undefined ? "–" : microseconds(seconds * 1e6));
  return (
    <dl class="live-tiles" aria-label={t("live.now")} data-testid="live-tiles">
      <Tile name={t("live.texts")} id="texts">
        {rate(point?.texts)}
      </Tile>
      <Tile name={`${t("live.latency")} p95`} id="p95">
        {time(point?.p95)}
      </Tile>
      <Tile name={t("live.chart.queue")} id="tokens">
        {number(reading.tokensWaiting)}
      </Tile>
      <Tile name={t("live.refused")} id="refused">
        {rate(point?.refused)}
      </Tile>
      {reading.cache && (
        <Tile name={t("live.cache")} id="cache">
          {point?.cacheHits === undefined ? "–" : percent(point.cacheHits)}
        </Tile>
      )}
      <Tile name={t("live.in_flight")} id="in_flight">
        {number(reading.inFlight)}
      </Tile>
      <Tile name={t("live.memory")} id="memory">
        {bytes(reading.memoryBytes)}
      </Tile>
    </dl>
  );
}

function Tile({ name, id, children }: { name: string; id: string; children: ComponentChildren }) {
  return (
    <div class="live-tile" data-tile={id}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const MOVED = 0.1; // the usual reading of a population stability index
const CHANGED = 0.25;

function readingOf(psi: number | undefined): { polarity: string; word: "few" | "steady" | "moved" | "changed" } {
  if (psi === undefined) return { polarity: "", word: "few" };
  if (psi < MOVED) return { polarity: "positive", word: "steady" };
  return psi < CHANGED ? { polarity: "neutral", word: "moved" } : { polarity: "negative", word: "changed" };
}

export function DriftTables({ reading }: { reading: Reading }) {
  const { t, number } = useWords();
  const models = [...new Set(reading.drift.map(({ model }) => model))];
  return (
    <section class="model" aria-labelledby="live-drift" data-testid="live-drift">
      <h3 class="figure-title" id="live-drift">
        {t("live.drift")}
      </h3>
      <p class="quiet">{t(models.length > 0 ? "live.drift.hint" : "live.drift.none")}</p>
      <div class="charts">
        {models.map((model) => (
          <DriftTable
            key={model}
            title={t("live.drift.texts", { model, n: number(reading.driftTexts[model] ?? 0) })}
            rows={reading.drift.filter((row) => row.model === model)}
          />
        ))}
      </div>
    </section>
  );
}

function DriftTable({ title, rows }: { title: string; rows: Drift[] }) {
  const { t, number, name } = useWords();
  return (
    <table class="figures">
      <caption class="quiet">{title}</caption>
      <thead>
        <tr>
          <th scope="col">{t("live.drift.signal")}</th>
          <th scope="col" class="numeric">
            {t("live.drift.psi")}
          </th>
          <th scope="col" class="numeric">
            {t("live.drift.chance")}
          </th>
          <th scope="col">{t("live.drift.verdict")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ signal, psi, byChance }) => {
          const { polarity, word } = readingOf(psi);
          return (
            <tr key={signal} data-signal={signal}>
              <th scope="row">{name("signal", signal)}</th>
              <td class="numeric">{psi === undefined ? "–" : number(psi, 3)}</td>
              <td class="numeric">{byChance === undefined ? "–" : number(byChance, 3)}</td>
              <td>
                <span class="pill" data-polarity={polarity}>
                  {t(`live.drift.${word}`)}
                </span>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function DeviceTable({ devices }: { devices: Devices }) {
  const { t, number, percent, bytes, name } = useWords();
  const memory = (free: number | undefined, total: number | undefined) =>
    free === undefined
      ? "–"
      : t("live.device.of", { free: bytes(free), total: total === undefined ? "–" : bytes(total) });
  const cpu = {
    ...{ uuid: "cpu", name: t("live.device.cpu", { n: devices.cpus ?? "?" }), health: "ok", reason: "" },
    ...{ busy: devices.load, freeBytes: devices.freeBytes, totalBytes: devices.totalBytes },
    ...{ celsius: undefined, watts: undefined },
  };
  return (
    <section class="model live-wide" aria-labelledby="live-devices" data-testid="live-devices">
      <h3 class="figure-title" id="live-devices">
        {t("live.devices")}
      </h3>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{t("live.device")}</th>
            {(["busy", "memory", "heat", "power"] as const).map((column) => (
              <th key={column} scope="col" class="numeric">
                {t(`live.device.${column}`)}
              </th>
            ))}
            <th scope="col">{t("live.device.health")}</th>
          </tr>
        </thead>
        <tbody>
          {[cpu, ...devices.gpus].map((device) => (
            <tr key={device.uuid}>
              <th scope="row">{device.name}</th>
              <td class="numeric">{device.busy === undefined ? "–" : percent(device.busy)}</td>
              <td class="numeric">{memory(device.freeBytes, device.totalBytes)}</td>
              <td class="numeric">{device.celsius === undefined ? "–" : `${number(device.celsius)} °C`}</td>
              <td class="numeric">{device.watts === undefined ? "–" : `${number(device.watts)} W`}</td>
              <td title={device.reason}>
                <span class="pill" data-polarity={device.health === "ok" ? "positive" : "negative"}>
                  {name("health", device.health)}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
