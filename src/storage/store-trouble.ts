/** A failure of what keeps the data, in words for people that end a sentence, such as "the disk is full"; the exact one is its cause. */
export class StoreTrouble extends Error {
  override readonly name = 'StoreTrouble';
}

/** Another process writes there now. What this one holds is out of date, and nothing of it is saved any more. */
export class TakenOver extends StoreTrouble {
  constructor(options?: ErrorOptions) {
    super('another process has taken the database over', options);
  }
}
