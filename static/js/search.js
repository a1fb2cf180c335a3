// Search: asks for the few files of the index that a query needs, ranks what they say, and shows it.
// The form of the files is told in docs/search.md. Without a page, as in tests, it offers `letterpressSearch` and does nothing.
(() => {
  const LETTER = "[\\p{L}\\p{N}\\p{M}]";
  const UNSPACED = "[\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Hang}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Mymr}\\p{sc=Khmr}\u30fc\u3005\u3007]";
  const SPACED = `(?:(?!${UNSPACED})${LETTER})+`;
  const ELIDING = ["fr", "it", "ca", "oc", "lij", "wa"];
  const MOST_FILES = 2, MOST_SPELLED = 4, MOST_MEANT = 1, YEAR = 372;

  const fold = (word) => word.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").normalize("NFC");
  // Words of files and of queries are compared byte by byte: each character of these texts is one byte.
  const bytesOf = (text) => String.fromCharCode(...new TextEncoder().encode(text));
  const textOf = (bytes) => new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
  const slugOf = (name) => fold(name.trim().toLowerCase()).replace(/[^\p{L}\p{N}\p{M}]+/gu, "-").replace(/^-|-$/g, "");

  // Cuts a text as the index was cut: words with their places, and pairs of characters where words have no spaces.
  const cutter = (language) => {
    const code = language.split("-")[0].toLowerCase();
    const joint = (ELIDING.includes(code) ? "" : "['’‘＇]|") + "[\u00ad\u200c\u200d]|(?<=\\d)[.,](?=\\d)";
    const pattern = new RegExp(`(${UNSPACED}\\p{M}*)+|${SPACED}(?:(?:${joint})${SPACED})*`, "gu");
    const singular = (word) =>
      code !== "en" || word.length < 4 || !/[^sui]s$/.test(word) ? word : word.replace(/ies$/, "y\0").replace(/s$|\0$/, "");
    return (text) => {
      const found = [];
      for (const match of text.matchAll(pattern)) {
        const at = match.index, end = at + match[0].length;
        if (match[1]) {
          const letters = match[0].match(/.\p{M}*/gsu);
          const places = letters.map(((sum) => (letter) => (sum += letter.length) - letter.length)(at));
          const pairs = letters.length < 2 ? [match[0]] : letters.slice(1).map((letter, n) => letters[n] + letter);
          pairs.forEach((pair, n) => {
            const word = pair.normalize("NFKC").toLowerCase();
            found.push({ word, forms: [word], at: places[n], end: places[n] + pair.length, begins: letters.length < 2, paired: true });
          });
        } else {
          const plain = match[0].replace(/['’‘＇][sS]$/, "").replace(/['’‘＇\u00ad\u200c\u200d.,]/g, "");
          const word = fold(plain.normalize("NFKC").toLowerCase());
          if (word.length > 1) found.push({ word, forms: [...new Set([singular(word), word])], at, end });
        }
      }
      return found;
    };
  };

  // Reads numbers and words from the bytes of a file.
  class Reader {
    constructor(bytes) {
      this.bytes = bytes;
      this.at = 0;
    }
    get more() {
      return this.at < this.bytes.length;
    }
    number() {
      let number = 0;
      for (let factor = 1; ; factor *= 128) {
        const byte = this.bytes[this.at++];
        number += (byte & 127) * factor;
        if (byte < 128) return number;
      }
    }
    word(above) {
      const halves = [this.bytes[this.at] >> 4, this.bytes[this.at++] & 15];
      const [alike, length] = halves.map((half) => (half < 15 ? half : half + this.number()));
      const end = this.at + length;
      let word = above.slice(0, alike);
      while (this.at < end) word += String.fromCharCode(this.bytes[this.at++]);
      return word;
    }
  }

  const contentsOf = (bytes) => {
    const reader = new Reader(bytes);
    const stories = reader.number(), files = reader.number(), days = new Uint32Array(stories), firsts = [];
    for (let left = reader.number(), day = 0, story = 0; left; left--) {
      day += reader.number();
      const end = story + reader.number();
      days.fill(day, story, end);
      story = end;
    }
    while (firsts.length < files) firsts.push(reader.word(firsts.at(-1) ?? ""));
    return { stories, days, firsts };
  };

  const wordsOf = (bytes) => {
    const reader = new Reader(bytes), words = [];
    for (let word = ""; reader.more; ) {
      word = reader.word(word);
      const count = reader.number(), form = count > 1 && word[0] !== "\xff" ? reader.number() : 0, start = reader.at;
      if (form) reader.at += form >> 1;
      else if (word[0] !== "\xff" && bytes[reader.at++] > 127) reader.number();
      words.push({ word, count, dense: form & 1, bytes: bytes.subarray(start, reader.at) });
    }
    return words;
  };

  // Tells each story of a word, and how much the word counts there, from 1 to 8.
  const eachStory = ({ dense, bytes }, tell) => {
    if (dense) {
      for (let story = 0; story < bytes.length * 4; story++) {
        const rough = (bytes[story >> 2] >> ((story & 3) * 2)) & 3;
        if (rough) tell(story, rough * 2);
      }
      return;
    }
    const reader = new Reader(bytes);
    for (let story = 0; reader.more; story++) {
      const first = bytes[reader.at++];
      story += (first >> 3) & 15;
      if (first > 127) story += (reader.number() + 1) * 16;
      tell(story, (first & 7) + 1);
    }
  };

  // How many letters are wrong, missing, too many or exchanged; more than `most` is all the same.
  const mistakes = (a, b, most) => {
    let [last, row] = [[], Array.from({ length: b.length + 1 }, (_, n) => n)];
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], last[j - 2] + 1);
      }
      if (Math.min(...next) > most) return most + 1;
      [last, row] = [row, next];
    }
    return row[b.length];
  };

  // The index, given a function that brings the bytes of one of its files.
  const open = async (bring) => {
    const { language, stop_words, volumes } = JSON.parse(new TextDecoder().decode(await bring("volumes.json")));
    const stops = new Set(stop_words.split(" ")), cut = cutter(language), known = new Map();
    const total = volumes.reduce((sum, volume) => sum + volume.stories, 0);
    const once = (volume, file, read) => {
      const path = `${volume.name}/${file}?v=${volume.version}`;
      if (!known.has(path)) {
        const made = bring(path).then(read);
        made.catch(() => known.delete(path));
        known.set(path, made);
      }
      return known.get(path);
    };
    const contents = (volume) => once(volume, "contents.bin", contentsOf);

    // What a volume has from one word to another, in a few files at the most.
    const range = async (volume, from, to, most = MOST_FILES) => {
      const { firsts } = await contents(volume);
      let file = 0, end = firsts.length;
      while (end - file > 1) {
        const middle = (file + end) >> 1;
        if (firsts[middle] <= from) file = middle;
        else end = middle;
      }
      const files = [];
      while (file < firsts.length && files.length < most && (!files.length || firsts[file] < to)) files.push(file++);
      const read = await Promise.all(files.map((file) => once(volume, `w${file}.bin`, wordsOf)));
      return read.flat().filter(({ word }) => word >= from && word < to);
    };
    const everywhere = (from, to) => Promise.all(volumes.map((volume) => range(volume, from, to)));
    const whole = (word) => everywhere(bytesOf(word), bytesOf(word) + "\0");
    const begun = (word) => everywhere(bytesOf(word), bytesOf(word) + "\xff");
    const count = (found) => found.flat().reduce((sum, entry) => sum + entry.count, 0);

    // Words of the index that are nearly the one that was typed, the likeliest first. The first letter must be right.
    const meant = async ([word]) => {
      const letters = [...word], most = letters.length > 7 ? 2 : letters.length > 3 ? 1 : 0;
      if (!most) return [];
      const key = (length) => "\xff" + bytesOf(letters[0]) + String.fromCharCode(Math.max(length, 0));
      const near = new Map();
      // Words are much the same in all volumes: the last ones are enough, and a query stays small.
      const asked = volumes.slice(-MOST_SPELLED).map((volume) => range(volume, key(letters.length - 1), key(letters.length + 2), MOST_SPELLED));
      for (const entry of (await Promise.all(asked)).flat()) {
        const first = bytesOf(letters[0]).length + 1;
        const other = textOf(entry.word.slice(1, first) + entry.word.slice(first + 1));
        const wrong = mistakes(word, other, most);
        const before = near.get(other)?.count ?? 0;
        if (wrong <= most) near.set(other, { other, wrong, count: before + entry.count });
      }
      const ranked = [...near.values()].sort((a, b) => a.wrong - b.wrong || b.count - a.count);
      return ranked.filter(({ wrong }) => wrong === ranked[0].wrong).slice(0, MOST_MEANT).map(({ other }) => other);
    };

    // All forms of a word that was typed: for each volume, entries and what they are worth.
    const find = async ({ word, forms, begins, paired }) => {
      const exact = await Promise.all(forms.map(whole));
      const parts = exact.map((found) => ({ found, worth: 1 }));
      if (begins && word.length >= (paired ? 1 : 3)) parts.push({ found: await begun(word), worth: 0.6 });
      if (parts.some(({ found }) => count(found))) return { word, parts, shown: forms, begins };
      const others = paired ? [] : await meant(forms);
      const found = await Promise.all(others.map(whole));
      return { word, parts: found.map((found) => ({ found, worth: 0.7 })), shown: others, instead: others[0] };
    };

    const wanted = async ({ section, author, tag }) => {
      const named = (sign, name) => everywhere(sign + bytesOf(slugOf(name)) + "=", sign + bytesOf(slugOf(name)) + ">");
      const asked = [];
      if (section) asked.push(whole("/" + section));
      if (author) asked.push(named("@", author));
      if (tag) asked.push(named("#", tag));
      return Promise.all(asked);
    };
    const ordinal = (day) => {
      const [year, month, date] = day.split("-").map(Number);
      return (year * 12 + month - 1) * 31 + date - 1;
    };

    // Finds stories: all that have every word of the query that any story has, the best first.
    const search = async (query) => {
      const typed = cut(query.q ?? ""), telling = typed.filter(({ word }) => !stops.has(word));
      const words = telling.length ? telling : typed;
      const last = words.at(-1);
      // The word that is being typed may be the beginning of another.
      if (last && last.end === query.q.length) last.begins = true;
      const [found, filters, books] = await Promise.all([
        Promise.all(words.map(find)), wanted(query), Promise.all(volumes.map(contents)),
      ]);
      const asked = found.filter(({ parts }) => parts.some(({ found }) => count(found)));
      const newest = Math.max(0, ...books.map(({ days }) => days.at(-1) ?? 0));
      const from = query.from ? ordinal(query.from) : 0, to = query.to ? ordinal(query.to) : Infinity;
      const all = [], some = [];
      if (asked.length || (!words.length && (filters.length || query.from || query.to))) {
        books.forEach(({ stories, days }, volume) => {
          const score = new Float64Array(stories), hits = new Uint8Array(stories), passed = new Uint8Array(stories);
          for (const { parts } of asked) {
            const best = new Float64Array(stories);
            for (const { found, worth } of parts) {
              const rarity = Math.log(1 + total / (count(found) + 0.5)) * worth;
              for (const entry of found[volume]) {
                eachStory(entry, (story, weight) => (best[story] = Math.max(best[story], weight * rarity)));
              }
            }
            best.forEach((worth, story) => worth && ((score[story] += worth), hits[story]++));
          }
          for (const filter of filters) {
            const here = new Set();
            for (const entry of filter[volume]) eachStory(entry, (story) => here.add(story));
            for (const story of here) passed[story]++;
          }
          for (let story = 0; story < stories; story++) {
            if (passed[story] < filters.length || days[story] < from || days[story] > to) continue;
            if (asked.length && !hits[story]) continue;
            const fresh = 1 + 0.5 * 2 ** ((days[story] - newest) / YEAR);
            const whole = hits[story] === asked.length;
            (whole ? all : some).push({ volume, story, day: days[story], score: score[story] * fresh + (whole ? 0 : 1e4 * hits[story]) });
          }
        });
      }
      const results = all.length ? all : some;
      results.sort((a, b) => b.score - a.score || b.day - a.day || b.volume - a.volume || b.story - a.story);
      return { results, asked, partial: !all.length && some.length > 0, missing: found.filter((word) => !asked.includes(word)).map(({ word }) => word) };
    };

    const size = 10;
    const cards = (results) =>
      Promise.all(results.map(async ({ volume, story }) => {
        const file = await once(volumes[volume], `c${Math.floor(story / size)}.json`, (bytes) => JSON.parse(new TextDecoder().decode(bytes)));
        return file[story % size];
      }));

    // Names of authors or tags that begin so.
    const names = async (sign, begun) => {
      const slug = sign + bytesOf(slugOf(begun));
      const found = (await everywhere(slug, slug + "\xff")).flat();
      const counts = new Map();
      for (const { word, count } of found) counts.set(word, (counts.get(word) ?? 0) + count);
      const ranked = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 8);
      return ranked.map(([word]) => textOf(word.slice(word.indexOf("=") + 1)));
    };

    // Where words of a text are those that were asked for: the places, in order.
    const marks = (text, asked) =>
      cut(text).filter(({ forms, paired, word }) =>
        asked.some(({ shown, begins, word: typed }) => forms.some((form) => shown.includes(form)) || (begins && (paired ? word.includes(typed) : word.startsWith(typed)))));

    return { search, cards, names, marks };
  };

  const page = () => {
    const form = document.getElementById("lp-search"), list = document.getElementById("lp-results");
    if (!form || !list) return;
    const [status, more] = ["lp-search-status", "lp-search-more"].map((id) => document.getElementById(id));
    const { q, author, tag } = form.elements, words = form.dataset, step = 10;
    const fields = [...form.elements].filter(({ name }) => name);
    let index, asked = 0, timer, answer = { results: [] };

    const ready = () => (index ??= open(async (path) => {
      const response = await fetch(words.index + path, path.includes("?") ? {} : { cache: "no-cache" });
      if (!response.ok) throw response.status;
      return new Uint8Array(await response.arrayBuffer());
    }).catch((error) => {
      index = undefined;
      throw error;
    }));
    const make = (tag, around, fields = {}) => Object.assign(around.appendChild(document.createElement(tag)), fields);
    const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

    const marked = (element, text, { marks }) => {
      let at = 0;
      for (const mark of marks(text, answer.asked)) {
        if (mark.end <= at) continue;
        element.append(text.slice(at, Math.max(at, mark.at)));
        make("mark", element, { textContent: text.slice(Math.max(at, mark.at), mark.end) });
        at = mark.end;
      }
      element.append(text.slice(at));
    };

    const show = async () => {
      const here = asked, shown = list.children.length, search = await ready();
      const cards = await search.cards(answer.results.slice(shown, shown + step));
      if (here !== asked) return;
      for (const [url, title, summary, iso, day, names, section, label, labelText, lang] of cards) {
        const card = make("article", make("li", list), { className: "card river" });
        if (lang) card.lang = lang;
        if (labelText) {
          card.dataset.label = label;
          make("span", make("p", card, { className: "kicker" }), { className: "label", textContent: labelText }).dataset.label = label;
        }
        marked(make("a", make("h2", card, { className: "headline" }), { href: url }), title, search);
        if (summary) marked(make("p", card, { className: "standfirst" }), summary, search);
        const meta = make("p", card, { className: "meta" });
        if (names) marked(make("span", meta, { className: "names" }), names, search);
        if (section) meta.append(" "), make("span", meta, { textContent: section });
        if (day) meta.append(" "), make("time", meta, { dateTime: iso, textContent: day });
      }
      more.hidden = list.children.length >= answer.results.length;
    };

    const run = async () => {
      const here = ++asked, query = Object.fromEntries(fields.map(({ name, value }) => [name, value]).filter(([, value]) => value.trim()));
      const address = new URLSearchParams(query).toString();
      history.replaceState(null, "", location.pathname + (address && "?" + address));
      try {
        const found = await (await ready()).search(query);
        if (here !== asked) return;
        answer = found;
        list.replaceChildren();
        await show();
        if (here !== asked) return;
        const count = found.results.length;
        const said = [];
        for (const { word, instead } of found.asked) if (instead) said.push(filled(words.instead, { typed: word, meant: instead }));
        if (found.partial) said.push(words.partial);
        said.push(count === 1 ? words.one : count ? filled(words.other, { count: count.toLocaleString(document.documentElement.lang) }) : address ? words.none : "");
        status.textContent = said.join(" ");
      } catch {
        if (here === asked) status.textContent = words.failed;
      }
      if (here === asked) list.ariaBusy = null;
    };
    // Busy from the first letter on: what stands in the list belongs to another query.
    const soon = (wait) => {
      list.ariaBusy = "true";
      clearTimeout(timer);
      timer = setTimeout(run, wait);
    };

    const suggest = async (input, sign) => {
      const names = input.value.trim().length > 1 ? await (await ready()).names(sign, input.value).catch(() => []) : [];
      input.list.replaceChildren(...names.map((name) => new Option(name, name)));
    };

    // From the field down into the results and back, with the arrow keys.
    const move = (event) => {
      const links = [...list.querySelectorAll(".headline a")], at = links.indexOf(document.activeElement);
      const next = { ArrowDown: at + 1, ArrowUp: at - 1, Escape: -1 }[event.key];
      if (next === undefined || event.altKey || event.ctrlKey || event.metaKey || (at < 0 && event.key !== "ArrowDown")) return;
      if (next < links.length) (links[next] ?? q).focus();
      if (next < links.length) event.preventDefault();
    };

    for (const field of fields) field.value = new URLSearchParams(location.search).get(field.name) ?? "";
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      soon(0);
    });
    form.addEventListener("input", () => soon(150));
    author.addEventListener("input", () => suggest(author, "@"));
    tag.addEventListener("input", () => suggest(tag, "#"));
    q.addEventListener("keydown", move);
    list.addEventListener("keydown", move);
    more.addEventListener("click", async () => {
      const shown = list.children.length;
      await show();
      list.children[shown]?.querySelector("a").focus();
    });
    form.hidden = false;
    if (location.search) soon(0);
  };

  if (globalThis.document) page();
  else globalThis.letterpressSearch = { open, cutter, mistakes };
})();
