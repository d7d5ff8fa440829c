/** A failure of what keeps the data, in words for people that end a sentence, such as "the disk is full"; the exact one is its cause. */
export class StoreTrouble extends Error {
  override readonly name = 'StoreTrouble';
}
