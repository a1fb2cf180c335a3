// Served by `letterpress serve` beside the pages, and never published.
// Reloads the page when a newer edition is out, shows the report of a failed build over it, and says so of a page that readers do not get.
(() => {
  const { edition: shown, ribbon } = document.currentScript.dataset;
  const style = `
    :host { all: initial; color-scheme: light dark; }
    section { position: fixed; inset: auto 0 0; z-index: 2147483647; max-height: 70vh; overflow: auto; box-sizing: border-box;
      padding: 1rem 1.5rem; border-top: 4px solid #c0392b; background: Canvas; color: CanvasText; font: 16px/1.5 system-ui, sans-serif;
      box-shadow: 0 -4px 24px #0006; }
    h2 { margin: 0 0 .5rem; font-size: 1.1rem; }
    pre { margin: 0 0 .5rem; overflow: auto; font: 14px/1.4 ui-monospace, monospace; }
    button { font: inherit; }`;
  // Fixed, so that no line of the page moves; below the overlay; it reads the same over light and dark pages, and lets clicks through.
  const ribbonStyle = `
    :host { all: initial; }
    p { position: fixed; inset: auto auto .75rem .75rem; z-index: 2147483646; max-width: calc(100vw - 1.5rem); box-sizing: border-box;
      margin: 0; padding: .375rem .75rem; border: 2px solid #fff; border-radius: .25rem; background: #6b3a00; color: #fff;
      font: 600 16px/1.4 system-ui, sans-serif; overflow-wrap: anywhere; pointer-events: none; box-shadow: 0 1px 8px #0008; }
    @media print { p { display: none; } }`;
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

  // A shadow tree, so that neither the page's styles nor its policy reach in: a constructed sheet is no inline style.
  const attach = (name, style, element) => {
    const host = document.createElement(name);
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    element.lang = "en";
    root.append(element);
    document.body.append(host);
    return host;
  };

  const show = (report) => {
    const own = document.getElementById("letterpress-report");
    if (own) {
      own.textContent = report;
      return;
    }
    hide();
    const alert = document.createElement("section");
    const text = make("pre", report);
    text.tabIndex = 0;
    const button = make("button", "Hide");
    button.type = "button";
    button.addEventListener("click", hide);
    alert.setAttribute("role", "alert");
    alert.append(make("h2", "This page is as of the last good build: the newest one failed"), text, button);
    overlay = attach("letterpress-overlay", style, alert);
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

  if (ribbon) {
    const words = make("p", ribbon);
    words.setAttribute("role", "note");
    attach("letterpress-ribbon", ribbonStyle, words);
  }
  addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("visibilitychange", listen);
  listen();
})();
