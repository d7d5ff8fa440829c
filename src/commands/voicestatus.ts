import { EmbedBuilder, SlashCommandBuilder } from 'discord.js';
import { moment } from '../lib/format.ts';
import { recoveryView, type RecoveryView, type VoiceState } from '../voice/voice-state.ts';
import type { VoiceReport } from '../voice/voice-reports.ts';
import type { Command, ReplyAction } from './command.ts';
import { daveInWords, incidentInWords, stateInWords, VERDICTS, when } from './words/voice.ts';

const INCIDENTS_SHOWN = 8;
/** https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
const DESCRIPTION_LIMIT = 4_096;

const COLORS: Readonly<Record<RecoveryView, number>> = { IDLE: 0x80848e, RETRYING: 0xf0b232, STABLE: 0x23a55a };

/** What can be done about the connection, where there is anything to do. */
const ACTIONS: Partial<Record<VoiceState['status'], ReplyAction>> = {
  ready: 'reconnect',
  recovering: 'retry',
  'cooling-down': 'retry',
};

export const voicestatus: Command = {
  data: new SlashCommandBuilder()
    .setName('voicestatus')
    .setDescription('Show how the voice connection is and what happened to it'),
  needs: 'guild',
  ephemeral: true,
  async run({ guildId }, { voice, gateway }) {
    const report = voice.report(guildId);
    const action = ACTIONS[report.state.status];
    return { embeds: [embed(report, gateway.pingMs(guildId))], actions: action === undefined ? [] : [action] };
  },
};

function embed(report: VoiceReport, gatewayPingMs: number | null): EmbedBuilder {
  const view = recoveryView(report.state);
  return new EmbedBuilder()
    .setTitle(`Voice: ${view}`)
    .setColor(COLORS[view])
    .setDescription(description(report))
    .addFields(figures(report, gatewayPingMs).map(([name, value]) => ({ name, value, inline: true })));
}

function figures(report: VoiceReport, gatewayPingMs: number | null): (readonly [string, string])[] {
  const { state, endpoint, pingMs, encryption, dave, framesSent, joins, attempts } = report;
  return [
    ['Channel', 'channelId' in state ? `<#${state.channelId}>` : 'none'],
    ['Voice server', endpoint ?? 'none'],
    ['Ping', `voice ${ping(pingMs)}, gateway ${ping(gatewayPingMs)}`],
    ['Transport encryption', encryption ?? 'no connection'],
    ['End-to-end encryption', daveInWords(dave)],
    ['Attempts', `${attempts.made} of ${attempts.of}`],
    ['Next try', nextTry(state)],
    ['Frames sent', framesSent.toLocaleString('en')],
    ['Joins', String(joins)],
  ];
}

const ping = (ms: number | null) => (ms === null ? '?' : `${Math.round(ms)} ms`);

function nextTry(state: VoiceState): string {
  if (state.status === 'cooling-down') return `${moment(state.until)}, after a cool-down`;
  return state.status === 'recovering' ? when(state.until) : 'none is due';
}

function description({ state, verdict, outage, incidents }: VoiceReport): string {
  const about = [
    state.status === 'ready' ? `${stateInWords(state)} ${VERDICTS[verdict]}` : stateInWords(state),
    ...(outage ? ['Voice fails in many servers at once, so I come back to them in turns.'] : []),
  ];
  const newestFirst = incidents.slice(-INCIDENTS_SHOWN).toReversed().map(incidentInWords);
  const all = [...about, '', newestFirst.length === 0 ? 'No incidents.' : 'Last incidents:', ...newestFirst];
  return fitting(all).join('\n');
}

/** As many lines, from the first, as fit into a description. */
function fitting(lines: readonly string[]): string[] {
  let length = 0;
  return lines.filter((line) => (length += line.length + 1) <= DESCRIPTION_LIMIT);
}
