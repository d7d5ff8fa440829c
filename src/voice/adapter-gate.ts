import type {
  DiscordGatewayAdapterCreator,
  DiscordGatewayAdapterImplementerMethods,
  DiscordGatewayAdapterLibraryMethods,
} from '@discordjs/voice';

type OwnState = Parameters<DiscordGatewayAdapterLibraryMethods['onVoiceStateUpdate']>[0];
type Server = Parameters<DiscordGatewayAdapterLibraryMethods['onVoiceServerUpdate']>[0];

/** Who decides what passes the gate, and hears what passed. */
export interface GateKeeper {
  /** Asked for each op 4 that joins. Leaving always passes. */
  mayJoin(): boolean;
  /** True while the answer to an earlier leaving may still come. */
  mayEcho(): boolean;
  /** An op 4 went out. */
  sent(): void;
  /** Discord says that we are in this channel. */
  placed(channelId: string): void;
  /** Discord says that we are in no channel any more. */
  removed(): void;
  /** Discord named a voice server; false: it is away, another one will be named. */
  served(available: boolean): void;
  /** The library threw on what Discord sent. */
  fault(error: unknown): void;
}

/** After a move the two events belong together when they are no further apart than this. */
const PAIR_MS = 1_000;

/** Op 4 leaves only when the keeper lets it, so the library can never rejoin by itself; refused, it falls to Disconnected. */
export function gated(create: DiscordGatewayAdapterCreator, keeper: GateKeeper): DiscordGatewayAdapterCreator {
  return (library) => {
    const adapter = create(inOrder(library, keeper));
    const sendPayload: DiscordGatewayAdapterImplementerMethods['sendPayload'] = (payload: {
      readonly d: { readonly channel_id: string | null };
    }) => {
      if (payload.d.channel_id !== null && !keeper.mayJoin()) return false;
      const left = adapter.sendPayload(payload);
      if (left) keeper.sent();
      return left;
    };
    return { sendPayload, destroy: () => adapter.destroy() };
  };
}

/**
 * The library connects on VOICE_SERVER_UPDATE with the last VOICE_STATE_UPDATE it has: without one it waits for ever, with
 * an old one it identifies with the wrong session or channel. So a server is held until our state is known, and named
 * again when our channel changes right after it. A state without channel is kept from it: DAVE throws on that.
 */
function inOrder(
  library: DiscordGatewayAdapterLibraryMethods,
  keeper: GateKeeper,
): DiscordGatewayAdapterLibraryMethods {
  let channelId: string | null = null;
  let server: { readonly data: Server; readonly at: number } | null = null;

  const serve = (data: Server) => {
    try {
      library.onVoiceServerUpdate(data);
      keeper.served(data.endpoint !== null);
    } catch (error) {
      keeper.fault(error);
    }
  };

  return {
    destroy: () => library.destroy(),
    onVoiceServerUpdate(data) {
      server = { data, at: Date.now() };
      if (channelId !== null) serve(data);
    },
    onVoiceStateUpdate(data: OwnState) {
      const before = channelId;
      channelId = data.channel_id;
      if (channelId === null) {
        if (before !== null || !keeper.mayEcho()) keeper.removed();
        return;
      }
      library.onVoiceStateUpdate(data);
      keeper.placed(channelId);
      const unpaired = before === null || (before !== channelId && server !== null && Date.now() - server.at < PAIR_MS);
      if (unpaired && server !== null) serve(server.data);
    },
  };
}
