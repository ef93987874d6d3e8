import { defineConfig } from "vite";

const server = "http://127.0.0.1:8080";

export default defineConfig({
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the server's content security policy prefers files over data: URLs
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: Object.fromEntries(
      ["/predict", "/predict_batch", "/v1", "/info", "/health", "/metrics"].map((path) => [path, server]),
    ),
  },
});
