// The front page by itself: puts in the parts that the server sends, and marks the numbers that changed.
// Without this file the page stands as it was served.

const AGAIN_FIRST_MS = 5_000;
const AGAIN_LONGEST_MS = 60_000;
// Whoever listens to the page is told the sums this often at most.
const SPOKEN_EVERY_MS = 30_000;

const live = document.querySelector("[data-live]");
const word = document.querySelector("[data-live-word]");
const at = document.querySelector("[data-live-at]");
const spoken = document.querySelector("[data-spoken]");

let pause = AGAIN_FIRST_MS;
let spokenAt = 0;
let said = "";

function is(state, text) {
  live.dataset.live = state;
  word.textContent = text;
}

function numbers(part) {
  const found = new Map();
  for (const element of part.querySelectorAll("[data-k]")) {
    found.set(element.dataset.k, element.textContent);
  }
  return found;
}

function put(part, html) {
  const before = numbers(part);
  part.innerHTML = html;
  for (const element of part.querySelectorAll("[data-k]")) {
    if (before.get(element.dataset.k) !== element.textContent) {
      element.classList.add("changed");
    }
  }
}

function speak() {
  const sentence = document.querySelector("[data-sentence]")?.dataset.sentence ?? "";
  const now = Date.now();
  if (sentence !== said && now - spokenAt >= SPOKEN_EVERY_MS) {
    said = sentence;
    spokenAt = now;
    spoken.textContent = sentence;
  }
}

function watch() {
  const source = new EventSource("/live");
  source.addEventListener("part", (event) => {
    const { part, html } = JSON.parse(event.data);
    const place = document.querySelector(`[data-part="${part}"]`);
    // The first parts are those that were served: nothing has changed then.
    if (place && place.innerHTML !== html) {
      put(place, html);
    }
  });
  source.addEventListener("beat", (event) => {
    pause = AGAIN_FIRST_MS;
    at.textContent = event.data;
    is("on", "实时 ·");
    speak();
  });
  source.addEventListener("error", () => {
    is("off", "连接中断,正在重连 · 截至");
    // The browser comes again by itself, unless it was turned away.
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(watch, pause);
      pause = Math.min(pause * 2, AGAIN_LONGEST_MS);
    }
  });
  // A page that goes away is no break.
  addEventListener("pagehide", () => source.close(), { once: true });
}

// A page that was kept and is shown again is out of date.
addEventListener("pageshow", (event) => {
  if (event.persisted) {
    location.reload();
  }
});

watch();
