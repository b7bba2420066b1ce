// Runs inside the page under test: records what a page can observe of one request, native or held.
// Self-contained: it is sent to the page as source text.

export interface XhrPlan {
  readonly method?: string;
  readonly url: string;
  readonly body?: XMLHttpRequestBodyInit | Document | null;
  readonly headers?: readonly (readonly [string, string])[];
  readonly responseType?: XMLHttpRequestResponseType;
  readonly timeout?: number;
  readonly mime?: string;
  readonly opened?: (xhr: XMLHttpRequest) => void;
  readonly sent?: (xhr: XMLHttpRequest) => void;
  /** Called at every event of the request itself. */
  readonly at?: (type: string, xhr: XMLHttpRequest) => void;
}
export interface Kit {
  xhr(plan: XhrPlan): Promise<unknown>;
  watch(xhr: XMLHttpRequest, log: unknown[]): void;
  show(xhr: XMLHttpRequest): Promise<unknown>;
  response(response: Response): unknown;
  fails(run: () => unknown): Promise<string>;
  ended(xhr: XMLHttpRequest): Promise<void>;
  wait(ms: number): Promise<void>;
}
declare global {
  interface Window {
    kit: Kit;
  }
}

export function installKit(): void {
  const names = ["loadstart", "progress", "load", "loadend", "error", "abort", "timeout", "readystatechange"];
  const attempt = (run: () => unknown): unknown => {
    try {
      return run();
    } catch (error) {
      return `throws ${(error as Error).name}: ${(error as Error).message}`;
    }
  };
  const plain = async (value: unknown): Promise<unknown> => {
    if (value instanceof ArrayBuffer) return { buffer: [...new Uint8Array(value)].slice(0, 40) };
    if (value instanceof Blob) return { blob: value.type, size: value.size, text: (await value.text()).slice(0, 40) };
    if (value instanceof Document) return { document: value.contentType, text: value.documentElement.textContent };
    if (typeof value === "string") return value.length > 200 ? `${value.length} letters` : value;
    return value;
  };
  const watch = (xhr: XMLHttpRequest, log: unknown[]): void => {
    const record = (where: string) => (event: Event) => {
      const progress = event instanceof ProgressEvent ? [event.lengthComputable, event.loaded, event.total] : [];
      log.push([
        where,
        event.type,
        xhr.readyState,
        xhr.status,
        event.target === xhr || event.target === xhr.upload,
        ...progress,
      ]);
    };
    for (const name of names) {
      xhr.addEventListener(name, record("xhr"));
      if (name !== "readystatechange") xhr.upload.addEventListener(name, record("upload"));
    }
  };
  const show = async (xhr: XMLHttpRequest): Promise<unknown> => ({
    readyState: xhr.readyState,
    status: xhr.status,
    statusText: xhr.statusText,
    url: xhr.responseURL,
    headers: xhr.getAllResponseHeaders().replace(/^(date|keep-alive|connection|transfer-encoding): .*\r\n/gm, ""),
    type: xhr.getResponseHeader("Content-Type"),
    missing: xhr.getResponseHeader("x-missing"),
    response: await plain(attempt(() => xhr.response)),
    text: await plain(attempt(() => xhr.responseText)),
    xml: await plain(attempt(() => xhr.responseXML)),
    same: attempt(() => xhr.response === xhr.response),
  });
  const ended = (xhr: XMLHttpRequest): Promise<void> =>
    new Promise((done) => xhr.addEventListener("loadend", () => setTimeout(done, 20)));
  window.kit = {
    watch,
    show,
    ended,
    wait: (ms) => new Promise((done) => setTimeout(done, ms)),
    xhr: async (plan) => {
      const xhr = new XMLHttpRequest();
      const log: unknown[] = [];
      watch(xhr, log);
      if (plan.at) for (const name of names) xhr.addEventListener(name, () => plan.at?.(name, xhr));
      xhr.open(plan.method ?? "POST", plan.url);
      for (const [name, value] of plan.headers ?? []) xhr.setRequestHeader(name, value);
      if (plan.responseType !== undefined) xhr.responseType = plan.responseType;
      if (plan.timeout !== undefined) xhr.timeout = plan.timeout;
      if (plan.mime !== undefined) xhr.overrideMimeType(plan.mime);
      plan.opened?.(xhr);
      const end = ended(xhr);
      xhr.send(plan.body);
      log.push("sent");
      plan.sent?.(xhr);
      await end;
      return { log, end: await show(xhr) };
    },
    response: async (response) => ({
      status: response.status,
      statusText: response.statusText,
      ok: response.ok,
      url: response.url,
      redirected: response.redirected,
      type: response.type,
      headers: [...response.headers].filter(([name]) => !/^(date|keep-alive|connection|transfer-encoding)$/.test(name)),
      own: Object.getOwnPropertyNames(response),
      used: response.bodyUsed,
      body: response.body === null,
      text: await plain(await response.text()),
      usedAfter: response.bodyUsed,
    }),
    fails: async (run) => {
      try {
        await run();
        return "no error";
      } catch (error) {
        return `${(error as Error).name}: ${(error as Error).message}`;
      }
    },
  };
}
