// Test page script in the page's own world: `held(request)` hands a request over and resolves to its answer.
{
  const waiting = new Map();
  let last = 0;
  window.notices = [];
  window.addEventListener("message", ({ data }) => {
    const message = data.toPage;
    if (!message) return;
    if (message.type === "notice") window.notices.push(message.words);
    if (message.type === "answer") waiting.get(message.id)?.(message);
  });
  window.held = (request) =>
    new Promise((resolve) => {
      const id = ++last;
      waiting.set(id, ({ body, ...answer }) =>
        resolve({ ...answer, text: body ? new TextDecoder().decode(body) : null }),
      );
      const body = request.body === undefined ? null : new TextEncoder().encode(request.body).buffer;
      const plain = { kind: "fetch", method: "POST", headers: [], mode: "cors", credentials: "include" };
      const rest = { redirect: "follow", referrer: location.href, referrerPolicy: "", keepalive: false };
      const whole = { type: "request", id, ...plain, ...rest, ...request, body };
      whole.url = new URL(request.url, location.href).href;
      window.postMessage({ fromPage: whole }, "*");
    });
}
