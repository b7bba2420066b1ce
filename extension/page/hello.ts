// How the page's two worlds find each other at document_start: one MessagePort inside an event, taken once.
// Must never carry a secret: a page that takes the port can only have its own requests judged.

/** Sent by the MAIN world on window with the port in it; whoever takes it cancels the event. */
export const HELLO = "countersign-hello";

/** Sent by the isolated world when it is there; the MAIN world says hello (again) if nobody took the port yet. */
export const READY = "countersign-ready";
