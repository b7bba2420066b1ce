// The readers of XMLHttpRequest (readyState, status, response...) for a held request, and the writers with a state of their own.
// Must never answer for a request that is not held: those read natively.
import { NativeException, getter, indexOf, slice } from "./natives.ts";
import { replaceAccessor } from "./replace.ts";
import { documentOf, resultOf, textOf } from "./xhr-result.ts";
import { type HeldXhr, current } from "./xhr-state.ts";

const proto = XMLHttpRequest.prototype;
const kindOf = getter(proto, "responseType");

function wrongRead(name: string, kinds: string, kind: string): DOMException {
  const why = `The value is only accessible if the object's 'responseType' is ${kinds} (was '${kind}').`;
  return new NativeException(
    `Failed to read the '${name}' property from 'XMLHttpRequest': ${why}`,
    "InvalidStateError",
  );
}
function wrongWrite(name: string, why: string): DOMException {
  return new NativeException(`Failed to set the '${name}' property on 'XMLHttpRequest': ${why}`, "InvalidStateError");
}

function reader(name: keyof XMLHttpRequest, read: (xhr: XMLHttpRequest, record: HeldXhr) => unknown): void {
  replaceAccessor(proto, name, (xhr, _args, native) => {
    const record = current(xhr);
    return record ? read(xhr, record) : native();
  });
}

function withoutFragment(url: string): string {
  const at = indexOf(url, "#");
  return at < 0 ? url : slice(url, 0, at);
}

const isText = (kind: string): boolean => kind === "" || kind === "text";
const hasText = (record: HeldXhr): boolean => record.answer !== null && record.readyState >= 3;

export function installXhrReaders(armTimeout: (xhr: XMLHttpRequest, record: HeldXhr) => void): void {
  reader("readyState", (_xhr, record) => record.readyState);
  reader("status", (_xhr, record) => record.answer?.status ?? 0);
  reader("statusText", (_xhr, record) => record.answer?.statusText ?? "");
  reader("responseURL", (_xhr, record) => withoutFragment(record.answer?.url ?? ""));
  reader("responseText", (xhr, record) => {
    const kind = kindOf(xhr);
    if (!isText(kind)) throw wrongRead("responseText", "'' or 'text'", kind);
    return hasText(record) ? textOf(record) : "";
  });
  reader("responseXML", (xhr, record) => {
    const kind = kindOf(xhr);
    if (kind !== "" && kind !== "document") throw wrongRead("responseXML", "'' or 'document'", kind);
    return record.answer && record.readyState === 4 ? documentOf(record, kind === "document") : null;
  });
  reader("response", (xhr, record) => {
    const kind = kindOf(xhr);
    if (isText(kind)) return hasText(record) ? textOf(record) : "";
    return record.answer && record.readyState === 4 ? resultOf(record, kind) : null;
  });
  replaceAccessor(proto, "responseType", null, (xhr, _args, native) => {
    const record = current(xhr);
    if (record && record.readyState >= 3)
      throw wrongWrite("responseType", "The response type cannot be set if the object's state is LOADING or DONE.");
    return native();
  });
  replaceAccessor(proto, "withCredentials", null, (xhr, _args, native) => {
    const record = current(xhr);
    if (record && record.readyState > 0)
      throw wrongWrite("withCredentials", "The value may only be set if the object's state is UNSENT or OPENED.");
    return native();
  });
  replaceAccessor(proto, "timeout", null, (xhr, _args, native) => {
    native();
    const record = current(xhr);
    if (record && !record.over) armTimeout(xhr, record);
    return undefined;
  });
}
