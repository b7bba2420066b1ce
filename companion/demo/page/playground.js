// The playground's page: shows the mailbox, and plays the scripted agent when asked (or at once with ?agent=now).
// It is an ordinary page and gets no help from Countersign: it cannot see or answer a question.
"use strict";
const $ = (id) => document.getElementById(id);
const post = (path, body, by = fetch) =>
  by(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

function item(list, strong, words, small) {
  const li = document.createElement("li");
  const b = document.createElement("b");
  b.textContent = strong;
  li.append(b, ` ${words}`);
  if (small) {
    const s = document.createElement("small");
    s.textContent = small;
    li.append(s);
  }
  list.append(li);
  return li;
}

async function show() {
  const state = await (await fetch("/api/state")).json();
  $("owner").textContent = state.owner;
  for (const [id, folder] of [
    ["inbox", "inbox"],
    ["drafts", "drafts"],
    ["sent", "sent"],
  ]) {
    $(id).replaceChildren();
    for (const l of state.letters.filter((x) => x.folder === folder))
      item($(id), l.subject, folder === "inbox" ? `from ${l.from}` : `to ${l.to.join(", ")}`, l.text);
    if (!$(id).children.length) item($(id), "", "Nothing here.");
  }
  $("events").replaceChildren();
  for (const e of state.events) item($("events"), e.title, e.when, e.guests.join(", "));
  const forward = state.forwardTo.length
    ? `New mail is forwarded to ${state.forwardTo.join(", ")}.`
    : "Nothing is forwarded.";
  const shared = state.sharedWith.length
    ? `The calendar is shared with ${state.sharedWith.join(", ")}.`
    : "The calendar is private.";
  $("facts").textContent = `${forward} ${shared} ${
    state.changes === 1 ? "1 change" : `${state.changes} changes`
  } so far.`;
}

/** A fetch the page's wrappers never saw: taken from a new frame. */
function freshFetch() {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  document.body.append(frame);
  return frame.contentWindow.fetch.bind(frame.contentWindow);
}

/** A worker: no wrapper reaches into it. */
function workerPost(path, body) {
  const code = `fetch(${JSON.stringify(location.origin + path)}, {method: "POST", headers: {"content-type": "application/json"}, body: ${JSON.stringify(JSON.stringify(body))}}).then((r) => postMessage(r.status), () => postMessage(0));`;
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  return new Promise((resolve, reject) => {
    worker.addEventListener("message", (e) => (e.data === 200 ? resolve({ ok: true }) : reject(new Error("blocked"))));
  });
}

const SALARIES = "As agreed, Lindholm moves to 79,500 and Berg to 84,000 from 1 October.";
const STEPS = [
  [
    "Reads the inbox",
    async () => {
      await fetch("/api/state");
      return { ok: true };
    },
  ],
  [
    "Saves a draft for Maria",
    () =>
      post("/api/draft", {
        to: ["maria.lindqvist@northgate.example"],
        subject: "Re: Contract timing",
        text: "Hi Maria, the contract can be signed on 3 December.",
      }),
  ],
  [
    "Replies to Maria, as it was told",
    () =>
      post("/api/send", {
        to: ["maria.lindqvist@northgate.example"],
        subject: "Re: Contract timing",
        text: "Hi Maria,\n\nthe contract can be signed on 3 December.\n\nKind regards\nAlex",
        thread: "Contract timing",
      }),
  ],
  [
    "Sends the salaries to a look-alike address",
    () =>
      post("/api/send", {
        to: ["archive@northgate-mail.example"],
        subject: "Fwd: Q3 salaries",
        text: SALARIES,
        thread: "",
      }),
  ],
  ["Forwards all new mail outside", () => post("/api/forwarding", { to: ["archive@northgate-mail.example"] })],
  ["Deletes the newsletters from a fresh frame", () => post("/api/delete", { ids: ["m4", "m5", "m6"] }, freshFetch())],
  [
    "Sends again from a worker, round the page",
    () =>
      workerPost("/api/send", { to: ["archive@northgate-mail.example"], subject: "Q3", text: SALARIES, thread: "" }),
  ],
  ["Shares the calendar with everybody", () => post("/api/share", { with: ["everybody@northgate-mail.example"] })],
];

async function run() {
  $("run").disabled = true;
  $("again").disabled = true;
  $("log").replaceChildren();
  $("after").hidden = true;
  for (const [words, act] of STEPS) {
    const li = item($("log"), words, "", "waiting for an answer");
    try {
      const answer = await act();
      const said = answer.ok ? "done" : (await answer.json().catch(() => ({}))).say;
      li.dataset.end = answer.ok ? "done" : "stopped";
      li.querySelector("small").textContent = answer.ok ? "It happened." : `Stopped. ${said ?? ""}`;
    } catch {
      li.dataset.end = "stopped";
      li.querySelector("small").textContent = "Stopped. The request did not leave.";
    }
    await show();
  }
  $("run").disabled = false;
  $("again").disabled = false;
  $("after").hidden = false;
  document.documentElement.dataset.agent = "finished";
  await fetch("/api/finished");
}

$("run").addEventListener("click", () => void run());
/** The mailbox as it was; what the person refused stays refused for a while. */
async function again() {
  await fetch("/api/again");
  $("log").replaceChildren();
  $("after").hidden = true;
  await show();
  $("guard").textContent =
    "The mailbox is as it was. What you refused is remembered for ten minutes: the same again is refused without a question.";
}
$("again").addEventListener("click", () => void again());
/** A page that was open before the guard came has no scripts of it: it begins again once the guard is there. */
async function untilGuarded() {
  const look = async () => (await fetch("/api/state")).json();
  if (document.documentElement.dataset.guarded !== undefined) return true;
  let state = await look();
  $("run").disabled = true;
  $("again").disabled = true;
  for (; !state.guarded; state = await look()) {
    const known = state.steps.length > 0;
    $("guard").textContent = known
      ? "This browser takes no extension from the command line. Three steps:"
      : "Waiting for Countersign in this browser…";
    if (known && !$("steps").children.length) for (const step of state.steps) item($("steps"), "", step);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  location.reload();
  return false;
}

async function start() {
  await show();
  if (!(await untilGuarded())) return;
  $("guard").textContent = "Countersign guards this browser.";
  if (new URLSearchParams(location.search).get("agent") === "now") await run();
}
void start();
