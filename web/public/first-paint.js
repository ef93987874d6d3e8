// Not under assets/: its name has no hash, so browsers must ask whether it changed.
// Sets the remembered theme and language before the first paint. The page's own code takes over from there
// (src/state/theme.ts and src/i18n/index.tsx use the same keys).
(function () {
  var root = document.documentElement;
  function remembered(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }
  var theme = remembered("tenor.theme");
  var dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "dark" : "light";
  var language = remembered("tenor.language") || navigator.language || "en";
  root.lang = /^zh/i.test(language) ? "zh-CN" : "en";
})();
