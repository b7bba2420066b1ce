// Test page script in the isolated world: passes the test's messages to the background and its answers back.
const port = chrome.runtime.connect({ name: "page" });
port.onMessage.addListener((message) => window.postMessage({ toPage: message }, "*"));
window.addEventListener("message", ({ data }) => {
  if (data.fromPage) port.postMessage(data.fromPage);
});
if (window === window.top) {
  chrome.runtime.onMessage.addListener((message) => {
    window.postMessage({ toPage: message }, "*");
  });
}
