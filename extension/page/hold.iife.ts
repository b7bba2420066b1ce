// The MAIN world's part: keeps the page's own writes waiting until the background has answered, at document_start in every frame.
// Must never be taken for the boundary; it is a courtesy to the page and as untrusted as the page.
import { installBeacon, watchLeaving } from "./hold-beacon.ts";
import { installFetch } from "./hold-fetch.ts";
import { installForms, watchForms } from "./hold-forms.ts";
import { installNavigation } from "./hold-navigation.ts";
import { installXhr } from "./hold-xhr.ts";
import { replaceMethod } from "./replace.ts";

installFetch();
installXhr();
installBeacon();
installForms();
installNavigation();

/** document.open, also the silent one inside write, erases the listeners of document and window: ours come back. */
for (const name of ["open", "write", "writeln"] as const)
  replaceMethod(Document.prototype, name, (_document, _args, native) => {
    const result = native();
    watchForms();
    watchLeaving();
    return result;
  });
