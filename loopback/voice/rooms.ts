import type { Ears } from '../ears.ts';
import { DaveGroup } from './dave.ts';
import { ExternalSender } from './external-sender.ts';
import { Listener } from './listener.ts';
import { memberOf, type Mistakes } from './mistakes.ts';
import { Room } from './room.ts';
import type { UdpAddress } from './udp.ts';
import type { VoiceOptions, VoiceService } from './voice-service.ts';

interface Place {
  readonly guildId: string;
  readonly channelId: string;
}

export interface RoomsParts {
  readonly options: VoiceOptions;
  readonly mistakes: Mistakes;
  readonly send: (datagram: Buffer, to: UdpAddress) => void;
  readonly takeSsrc: () => number;
  readonly ears: (userId: string) => Ears;
  /** While it is true, no transition of DAVE is executed. */
  readonly transitionsAreHeld: () => boolean;
}

const keyOf = ({ guildId, channelId }: Place): string => `${guildId}:${channelId}`;

/** The voice channels that have someone in them. */
export class Rooms {
  readonly #parts: RoomsParts;
  readonly #rooms = new Map<string, Room>();
  readonly #externalSender = new ExternalSender();

  constructor(parts: RoomsParts) {
    this.#parts = parts;
  }

  /** Stages have no end-to-end encryption: https://discord.com/developers/docs/topics/voice-connections */
  daveVersionIn({ guildId, channelId }: Place): 0 | 1 {
    const { dave, isStage } = this.#parts.options;
    return dave === 'off' || isStage?.(guildId, channelId) ? 0 : 1;
  }

  at(place: Place): Room | undefined {
    return this.#rooms.get(keyOf(place));
  }

  /** The room of the guild in which this person is, if any. */
  of(guildId: string, userId: string): Room | undefined {
    return [...this.#rooms].find(([key, room]) => key.startsWith(`${guildId}:`) && room.person(userId))?.[1];
  }

  open(place: Place): Room {
    const known = this.at(place);
    if (known) return known;
    const { committer, undocumented = true } = this.#parts.options;
    const leading = { listenersFirst: committer === 'listener', held: this.#parts.transitionsAreHeld };
    const hasDave = this.daveVersionIn(place) > 0;
    const group = hasDave ? new DaveGroup(place.channelId, this.#externalSender, leading) : null;
    const room = new Room((datagram, to) => this.#parts.send(datagram, to), group, { undocumented });
    this.#rooms.set(keyOf(place), room);
    return room;
  }

  readonly members: VoiceService['members'] = (guildId, channelId, userIds, audible = userIds) => {
    const place = { guildId, channelId };
    const room = this.open(place);
    room.mute(userIds.filter((userId) => !audible.includes(userId)));
    const people = userIds.filter((userId) => this.#parts.options.isPerson(userId));
    room.setPeople(people, (userId) => this.#seat(place, room, userId));
    this.tidy(place);
  };

  /** Forgets a room that nobody is in. */
  tidy(place: Place): void {
    const room = this.at(place);
    if (!room?.empty) return;
    room.close();
    this.#rooms.delete(keyOf(place));
  }

  close(): void {
    for (const room of this.#rooms.values()) room.close();
    this.#rooms.clear();
  }

  #seat({ guildId, channelId }: Place, { dave }: Room, userId: string): Listener {
    const { mistakes, takeSsrc, ears } = this.#parts;
    const who = (userId: string) => memberOf({ guildId, userId });
    return new Listener({
      userId,
      channelId,
      ssrc: takeSsrc(),
      ears: ears(userId),
      group: dave,
      accuse: (speakerId, what) => mistakes.note(`${who(speakerId)} sent frames that no listener understands: ${what}`),
      admit: (what) => mistakes.note(`the double's own listener ${who(userId)} ${what}`),
    });
  }
}
