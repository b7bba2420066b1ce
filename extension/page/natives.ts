// The browser's own functions, taken at document_start before any page script, for code that runs beside the page.
// Must never look a built-in up at call time: what the page puts on a prototype later is not met from here.
export const { apply, defineProperty, getOwnPropertyDescriptor, setPrototypeOf, construct } = Reflect;

type Method<P, F> = F extends (...args: infer A) => infer R ? (self: P, ...args: A) => R : never;

/** An object that inherits nothing, so that a missing field is missing whatever Object.prototype holds. */
export function bare<T extends object>(fields: T): T {
  setPrototypeOf(fields, null);
  return fields;
}

/** `method(Headers.prototype, "get")(headers, name)`: the captured function, called on a given object. */
export function method<P extends object, K extends keyof P>(proto: P, name: K): Method<P, P[K]> {
  const native: unknown = proto[name];
  if (typeof native !== "function") throw new TypeError(`no native ${String(name)}`);
  const call = (self: P, ...args: unknown[]): unknown => apply(native, self, args);
  return call as Method<P, P[K]>;
}

/** The captured reader of an accessor. */
export function getter<P extends object, K extends keyof P>(proto: P, name: K): (self: P) => P[K] {
  const native = getOwnPropertyDescriptor(proto, name)?.get;
  if (!native) throw new TypeError(`no native ${String(name)}`);
  return (self): P[K] => apply(native, self, []);
}

export const NativeProxy = Proxy;
export const NativePromise = Promise;
export const NativeURL = URL;
export const NativeMap = Map;
export const NativeWeakMap = WeakMap;
export const NativeUint8Array = Uint8Array;
const NativeBlob = Blob;
const iterator: typeof Symbol.iterator = Symbol.iterator;
export const NativeHeaders = Headers;
export const NativeRequest = Request;
export const NativeResponse = Response;
export const NativeFormData = FormData;
export const NativeSearchParams = URLSearchParams;
export const NativeEvent = Event;
export const NativeProgressEvent = ProgressEvent;
export const NativeMessageEvent = MessageEvent;
export const NativeMessageChannel = MessageChannel;
export const NativeTextEncoder = TextEncoder;
export const NativeTextDecoder = TextDecoder;
export const NativeException = DOMException;
export const NativeTypeError = TypeError;
export const NativeRegExp = RegExp;
export const NativeMutationObserver = MutationObserver;

export const win = window;
export const doc = document;
const nativeSetTimeout = win.setTimeout;
const nativeClearTimeout = win.clearTimeout;
/** The browser's number, whatever other libraries say about timers. */
export const setTimer = (run: () => void, ms: number): number => Number(apply(nativeSetTimeout, win, [run, ms]));
export const clearTimer = (timer: number): void => {
  apply(nativeClearTimeout, win, [timer]);
};
export const randomValues = method(Crypto.prototype, "getRandomValues");
export const ownCrypto = win.crypto;
export const parseJson = JSON.parse;

const NativeString = String;
/** A string as the browser's own bindings make it. */
export function toText(value: unknown): string {
  if (typeof value === "symbol") throw new NativeTypeError("Cannot convert a Symbol value to a string");
  return NativeString(value);
}
export const upper = method(String.prototype, "toUpperCase");
export const lower = method(String.prototype, "toLowerCase");
export const indexOf = method(String.prototype, "indexOf");
export const slice = method(String.prototype, "slice");
export const trim = method(String.prototype, "trim");
export const charCode = method(String.prototype, "charCodeAt");
export const exec = method(RegExp.prototype, "exec");

export const whenDone = method(Promise.prototype, "then") as <T>(
  promise: Promise<T>,
  kept: (value: T) => void,
  broken: (reason: unknown) => void,
) => unknown;

export const listen = method(EventTarget.prototype, "addEventListener");
export const unlisten = method(EventTarget.prototype, "removeEventListener");
export const dispatch = method(EventTarget.prototype, "dispatchEvent");
export const preventDefault = method(Event.prototype, "preventDefault");
export const stopNow = method(Event.prototype, "stopImmediatePropagation");
export const eventTarget = getter(Event.prototype, "target");
export const isPrevented = getter(Event.prototype, "defaultPrevented");
export const messageData = getter(MessageEvent.prototype, "data");

export const urlHref = getter(URL.prototype, "href");
export const urlOrigin = getter(URL.prototype, "origin");
export const urlUser = getter(URL.prototype, "username");
export const urlPassword = getter(URL.prototype, "password");
export const setUrlHash = ((): ((url: URL, hash: string) => void) => {
  const set = getOwnPropertyDescriptor(URL.prototype, "hash")?.set;
  return (url, hash) => {
    if (set) apply(set, url, [hash]);
  };
})();
export const baseUri = getter(Node.prototype, "baseURI");
export const isConnected = getter(Node.prototype, "isConnected");
export const documentUrl = getter(Document.prototype, "URL");
export const documentCharset = getter(Document.prototype, "characterSet");
export const attribute = method(Element.prototype, "getAttribute");

export const forEachHeader = method(Headers.prototype, "forEach");
export const appendHeader = method(Headers.prototype, "append");
export const getHeader = method(Headers.prototype, "get");
export const setHeader = method(Headers.prototype, "set");
export const hasHeader = method(Headers.prototype, "has");

const mapGet = method(Map.prototype, "get");
const mapSet = method(Map.prototype, "set");
const mapDelete = method(Map.prototype, "delete");
const weakGet = method(WeakMap.prototype, "get");
const weakSet = method(WeakMap.prototype, "set");

/** A Map whose methods the page cannot reach. */
export function table<K, V>(): { get(key: K): V | undefined; set(key: K, value: V): void; delete(key: K): void } {
  const map = new NativeMap<K, V>();
  return bare({
    get: (key: K) => mapGet(map, key) as V | undefined,
    set: (key: K, value: V) => void mapSet(map, key, value),
    delete: (key: K) => void mapDelete(map, key),
  });
}

/** A WeakMap whose methods the page cannot reach. */
export function sideTable<K extends object, V>(): { get(key: K): V | undefined; set(key: K, value: V): void } {
  const map = new NativeWeakMap<K, V>();
  return bare({
    get: (key: K) => weakGet(map, key) as V | undefined,
    set: (key: K, value: V) => void weakSet(map, key, value),
  });
}

/** Adds at the end of a list without meeting a setter on Array.prototype. */
export function add<T>(list: T[], item: T): void {
  defineProperty(list, list.length, bare({ value: item, writable: true, enumerable: true, configurable: true }));
}

/** A Blob of these parts; the list brings its own iterator, because the browser would ask the page's Array.prototype for one. */
export function blobOf(parts: BlobPart[], type = ""): Blob {
  const walk = (): Iterator<BlobPart> => {
    let next = 0;
    return bare({
      next: (): IteratorResult<BlobPart> => {
        const value = parts[next];
        next += 1;
        return value === undefined ? bare({ done: true, value: undefined }) : bare({ done: false, value });
      },
    });
  };
  defineProperty(parts, iterator, bare({ value: walk }));
  return new NativeBlob(parts, bare({ type }));
}
