// One manifest for both browsers: what differs stands in the branch at the end. Every permission has its reason in the README.
// Must never ask for a host at install, for `debugger`, or make anything web-accessible.
import { defineManifest } from "@crxjs/vite-plugin";
import pkg from "./package.json" with { type: "json" };

export type Target = "chrome" | "firefox";

/** Public key of the unpacked build, so that its id is the same on every machine. Not a secret. */
const KEY =
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAstuvXvvWULT62x1ui6rFwtCE0eGU3lCWzrl71cr7DI1oYvSlYhiFeA3DDUveWWRU2fkVFYtHtstDfuDMf/MD9rAupYzJexTN4+H+9w/H386ypFfrGfz3zMGChod5VOmnjxOx3HiAKXuMIeYsLUV3kRPuy65RNw/z0WqlvwQDR0CT91F44VWWftda6ra9VMV0I6G4CRqSwB6QS7NuiL6tJNSlIPdgQQmAfEajTMmxPhfYVgmDdJhAEq7vfewudnXgU+As5Tey8JJKagmbgFiGB501uCdS9Lfc7twUHdB2AvoZNgd6PKANR6gW1jlqAVUl6pz8pP3FKNcdA2IiUkNKfwIDAQAB";

export const manifest = (target: Target) =>
  defineManifest({
    manifest_version: 3,
    name: "Countersign",
    description: pkg.description,
    version: pkg.version,
    icons: { 16: "icons/16.png", 48: "icons/48.png", 128: "icons/128.png" },
    action: { default_title: "Countersign", default_popup: "extension/ui/approve/index.html" },
    permissions: ["declarativeNetRequest", "webRequest", "scripting", "storage", "alarms", "cookies"],
    optional_host_permissions: ["http://*/*", "https://*/*"],
    // The courier fetches from the background, so connect-src must reach the addresses a person switches on.
    content_security_policy: {
      extension_pages:
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self' ws://127.0.0.1:* http: https:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    },
    ...(target === "chrome"
      ? {
          key: KEY,
          minimum_chrome_version: "148",
          // Chrome 148 and newer: request bodies cross to the background as bytes, not as text.
          message_serialization: "structured_clone",
          background: { service_worker: "extension/background/main.ts", type: "module" as const },
        }
      : {
          browser_specific_settings: { gecko: { id: "countersign@countersign.example", strict_min_version: "150.0" } },
          background: { scripts: ["extension/background/main.ts"], type: "module" as const },
        }),
  });

export default { chrome: manifest("chrome"), firefox: manifest("firefox") };
