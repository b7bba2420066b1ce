// Keys for lists whose order is their identity: what is shown comes whole, and equal entries may stand twice.

export interface Keyed<T> {
  readonly key: string;
  readonly item: T;
}

export function keyed<T>(list: readonly T[]): Keyed<T>[] {
  return list.map((item, at) => ({ key: `n${at}`, item }));
}
