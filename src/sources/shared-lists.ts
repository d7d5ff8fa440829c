import { SingleFlight, type Flight } from './single-flight.ts';

interface List<T> {
  readonly known: T[];
  readonly readers: Set<(item: T) => void>;
}

/** Identical lists that are asked for while one is being read are read once: who comes later is first handed what is known. */
export class SharedLists<T> {
  readonly #flights = new SingleFlight<void>();
  readonly #lists = new Map<string, List<T>>();

  /** Hands over each item of the list named `key`, which `read` reads. Ends as that does, and when `flight` is called off. */
  async read(
    key: string,
    flight: Flight,
    took: (item: T) => void,
    read: (took: (item: T) => void, flight: Flight) => Promise<void>,
  ): Promise<void> {
    const list = this.#lists.get(key) ?? this.#begin(key);
    list.readers.add(took);
    try {
      for (const item of list.known) took(item);
      await this.#flights.run(key, flight, (joint) => {
        const tell = (item: T) => {
          list.known.push(item);
          for (const reader of list.readers) reader(item);
        };
        return read(tell, joint).finally(() => this.#forget(key, list));
      });
    } finally {
      list.readers.delete(took);
      if (list.readers.size === 0) this.#forget(key, list);
    }
  }

  #begin(key: string): List<T> {
    const list = { known: [], readers: new Set<(item: T) => void>() };
    this.#lists.set(key, list);
    return list;
  }

  #forget(key: string, list: List<T>): void {
    if (this.#lists.get(key) === list) this.#lists.delete(key);
  }
}
