// Puts our function in the place of a native one so that it still looks, names and counts itself like the native.
// Must never change a member that is not named here: the native object stays, few members are ours.
import { NativeProxy, apply, bare, defineProperty, getOwnPropertyDescriptor } from "./natives.ts";

type Call = (...args: unknown[]) => unknown;
type Run<P> = (self: P, args: readonly unknown[], native: (args?: readonly unknown[]) => unknown) => unknown;

function disguise<P>(native: Call, run: Run<P>): Call {
  const trap = (target: Call, self: P, args: readonly unknown[]): unknown =>
    run(self, args, (other) => apply(target, self, other ?? args));
  return new NativeProxy(native, bare({ apply: trap }));
}

/** Replaces a method (on a prototype, or on window for its own functions). */
export function replaceMethod<P extends object>(owner: P, name: keyof P, run: Run<P>): void {
  const found = getOwnPropertyDescriptor(owner, name);
  if (typeof found?.value !== "function") return;
  defineProperty(owner, name, bare({ ...found, value: disguise(found.value as Call, run) }));
}

/** Replaces the reader and, when given, the writer of an accessor. */
export function replaceAccessor<P extends object>(owner: P, name: keyof P, read: Run<P> | null, write?: Run<P>): void {
  const found = getOwnPropertyDescriptor(owner, name);
  if (!found?.get) return;
  defineProperty(
    owner,
    name,
    bare({
      ...found,
      ...(read ? { get: disguise(found.get as Call, read) } : {}),
      ...(write && found.set ? { set: disguise(found.set as Call, write) } : {}),
    }),
  );
}
