// Live coverage: asks for new posts twice a minute, says how many there are, and shows them when the reader asks.
// Nothing that the reader looks at ever moves: posts are put in at a press, and changed only where they cannot be seen.
(() => {
  const bar = document.getElementById("lp-live");
  const list = document.getElementById("lp-entries");
  if (!bar || !list) return;
  const [status, show, pause] = ["status", "show", "pause"].map((name) => bar.querySelector(".live-" + name));
  const words = bar.dataset;
  const every = 30000;
  let ends = Date.parse(words.ends);
  let wait = every, asked = Date.now(), paused = false, over = false, posts = [], timer;

  const at = (post) => Date.parse(post.querySelector("time").dateTime);
  const made = (html) => document.importNode(new DOMParser().parseFromString(html, "text/html").body.firstElementChild, true);
  const say = (text) => status.textContent === text || (status.textContent = text);

  // Puts `next`, or nothing, in the place of a post that is out of sight.
  const replace = (post, next) => {
    const { top, bottom } = post.getBoundingClientRect();
    if (bottom > 0 && top < innerHeight) return;
    const height = document.documentElement.scrollHeight;
    if (next) post.replaceWith(next);
    else post.remove();
    if (bottom <= 0) scrollBy({ top: document.documentElement.scrollHeight - height, behavior: "instant" });
  };

  const take = (news) => {
    ends = Date.parse(news.ends);
    const ids = new Set(news.entries.map((post) => post.id));
    const oldest = news.entries.length < 20 ? -Infinity : Date.parse(news.entries.at(-1).at);
    for (const post of news.entries) {
      const shown = document.getElementById(post.id);
      if (shown && shown.dataset.version !== post.version) replace(shown, made(post.html));
    }
    for (const post of [...list.children]) if (!ids.has(post.id) && at(post) >= oldest) replace(post);
    posts = news.entries.filter((post) => !document.getElementById(post.id));
    show.hidden = !posts.length;
    say(posts.length > 1 ? words.other.replace("{count}", posts.length) : posts.length ? words.one : "");
  };

  const ask = async () => {
    asked = Date.now();
    try {
      const answer = await fetch(words.src, { cache: "no-cache" });
      if (!answer.ok) throw answer.status;
      const news = await answer.json();
      if (!paused) take(news);
      wait = every;
    } catch {
      wait = Math.min(wait * 2, every * 16);
    }
    plan();
  };

  const plan = () => {
    clearTimeout(timer);
    if (over || paused || document.hidden) return;
    if (Date.now() >= ends) {
      over = pause.hidden = true;
      bar.classList.add("over");
      if (!posts.length) say(words.over);
    } else timer = setTimeout(ask, Math.max(0, Math.min(asked + wait, ends || Infinity) - Date.now()));
  };

  show.addEventListener("click", () => {
    let newest;
    for (const post of posts.reverse()) {
      newest = made(post.html);
      list.insertBefore(newest, [...list.children].find((other) => at(other) < Date.parse(post.at)) || null);
    }
    posts = [];
    show.hidden = true;
    say(over ? words.over : "");
    newest.tabIndex = -1;
    newest.focus();
  });
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? words.resume : words.pause;
    if (!posts.length) say(paused ? words.paused : "");
    plan();
  });
  document.addEventListener("visibilitychange", plan);
  bar.hidden = false;
  plan();
})();
