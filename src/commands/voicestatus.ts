import { SlashCommandBuilder } from 'discord.js';
import type { Incident, VoiceReport } from '../voice/voice-reports.ts';
import type { Command } from './command.ts';
import { moment, stateInWords } from './words/voice.ts';

const INCIDENTS_SHOWN = 8;

export const voicestatus: Command = {
  data: new SlashCommandBuilder()
    .setName('voicestatus')
    .setDescription('Show how the voice connection is and what happened to it'),
  needs: 'guild',
  ephemeral: true,
  async run({ guildId }, { voice }) {
    const report = voice.report(guildId);
    return [stateInWords(report.state), figures(report), '', ...incidents(report.incidents)].join('\n');
  },
};

function figures({ pingMs, dave, framesSent, joins }: VoiceReport): string {
  return [
    pingMs === null ? 'No ping yet' : `Ping ${Math.round(pingMs)} ms`,
    ENCRYPTION[`${dave}`],
    `${framesSent.toLocaleString('en')} frames sent`,
    `${joins} ${joins === 1 ? 'join' : 'joins'}`,
  ].join(' · ');
}

const ENCRYPTION = {
  true: 'end-to-end encrypted (DAVE)',
  false: 'not end-to-end encrypted',
  null: 'no encryption without a connection',
} as const;

function incidents(all: readonly Incident[]): string[] {
  if (all.length === 0) return ['No incidents.'];
  const newestFirst = all.slice(-INCIDENTS_SHOWN).toReversed();
  return [
    'Last incidents:',
    ...newestFirst.map(({ at, what, outcome }) => `${moment(at)} ${what}: ${outcome ?? 'not settled yet'}`),
  ];
}
