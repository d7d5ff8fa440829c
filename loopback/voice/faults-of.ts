import { daveFaults } from './dave-faults.ts';
import type { House } from './house.ts';
import { signallingFaults } from './signalling-faults.ts';
import { sendFromStrangers } from './strangers.ts';
import type { Switches } from './switches.ts';
import type { TcpPort } from './tcp-port.ts';
import type { UdpPort } from './udp.ts';
import type { VoiceFaults } from './voice-service.ts';

/** Everything that can be made to go wrong at running voice servers. */
export function faultsOf(
  house: House,
  switches: Switches,
  ports: { readonly tcp: TcpPort; readonly udp: UdpPort },
): VoiceFaults {
  const { tcp, udp } = ports;
  const remoteOf = (guildId: string, userId: string) => house.session(guildId, userId)?.remote ?? null;
  return {
    ...signallingFaults(house, switches, tcp),
    ...daveFaults(house, switches),
    impair: (front) => udp.weather.lay(front),
    answerDiscovery: (answer) => house.door.answerDiscovery.lay(answer),
    sendRaw(guildId, userId, ...datagrams) {
      const remote = remoteOf(guildId, userId);
      if (remote) for (const bytes of datagrams) udp.send(bytes, remote);
      return remote !== null;
    },
    sendFromStrangers(guildId, userId, ...datagrams) {
      const remote = remoteOf(guildId, userId);
      // A socket that this machine has no room for is a stranger less.
      if (remote) void sendFromStrangers(datagrams, remote).catch(() => undefined);
      return remote !== null;
    },
    ssrcs(guildId, userId) {
      const session = house.session(guildId, userId);
      return session ? [...new Set([session.ssrc, ...(house.room(session)?.ssrcs ?? [])])] : [];
    },
    sendReport(guildId, userId) {
      const report = house.session(guildId, userId)?.report({ sequence: 0 }) ?? null;
      if (report) udp.send(report.datagram, report.remote);
      return report !== null;
    },
  };
}
