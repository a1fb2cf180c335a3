// Served by `letterpress serve` beside the pages, and never published.
// Reloads the page when a newer edition is out, and shows the report of a failed build over it.
(() => {
  const shown = document.currentScript.dataset.edition;
  const style = `
    :host { all: initial; color-scheme: light dark; }
    section { position: fixed; inset: auto 0 0; z-index: 2147483647; max-height: 70vh; overflow: auto; box-sizing: border-box;
      padding: 1rem 1.5rem; border-top: 4px solid #c0392b; background: Canvas; color: CanvasText; font: 16px/1.5 system-ui, sans-serif;
      box-shadow: 0 -4px 24px #0006; }
    h2 { margin: 0 0 .5rem; font-size: 1.1rem; }
    pre { margin: 0 0 .5rem; overflow: auto; font: 14px/1.4 ui-monospace, monospace; }
    button { font: inherit; }`;
  let overlay;
  let stream;

  const make = (name, text) => {
    const element = document.createElement(name);
    element.textContent = text;
    return element;
  };

  const hide = () => {
    overlay?.remove();
    overlay = undefined;
  };

  const show = (report) => {
    const own = document.getElementById("letterpress-report");
    if (own) {
      own.textContent = report;
      return;
    }
    hide();
    // A shadow tree, so that neither the page's styles nor its policy reach in: a constructed sheet is no inline style.
    overlay = document.createElement("letterpress-overlay");
    const root = overlay.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    const alert = document.createElement("section");
    const text = make("pre", report);
    text.tabIndex = 0;
    const button = make("button", "Hide");
    button.type = "button";
    button.addEventListener("click", hide);
    alert.setAttribute("role", "alert");
    alert.lang = "en";
    alert.append(make("h2", "This page is as of the last good build: the newest one failed"), text, button);
    root.append(alert);
    document.body.append(overlay);
  };

  // Once for each edition and page: a copy that something keeps serving to us must not make us reload for ever.
  const reload = (edition) => {
    const key = `letterpress:${location.pathname}`;
    if (sessionStorage.getItem(key) === edition) return false;
    sessionStorage.setItem(key, edition);
    location.reload();
    return true;
  };

  let heard = 0;
  const hear = async ({ data }) => {
    const turn = ++heard;
    const [edition, word] = data.split(" ");
    if (edition !== shown && reload(edition)) return;
    if (word !== "failed") {
      hide();
      return;
    }
    const response = await fetch("/_letterpress/report");
    const report = await response.text();
    if (turn === heard) show(report);
  };

  // Only while the page is seen: browsers allow six connections to a host, and a dozen open tabs would use them up.
  const listen = () => {
    stream?.close();
    stream = undefined;
    if (document.visibilityState === "visible") {
      stream = new EventSource("/_letterpress/events");
      stream.onmessage = hear;
    }
  };

  addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("visibilitychange", listen);
  listen();
})();
