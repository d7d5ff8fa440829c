import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { ask, sees, setStage } from './stage.ts';

it('keeps one display up to date while the music plays, and its buttons obey', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const song = await stage.song('song.webm');
  await stage.startBot({ NOW_PLAYING_REFRESH_MS: '1000' });
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });

  const display = await sees(ada, 'the display', ({ embeds }) => embeds[0]?.author?.name === 'Now playing');
  expect(display.embeds[0]?.title).toContain('Long Note');
  const refreshed = () => ada.sees().find(({ id, editedAt }) => id === display.id && editedAt !== null);
  await until('the display to be refreshed', refreshed, 20_000);

  const press = async (label: string) => {
    const now = ada.sees().find(({ id }) => id === display.id);
    const row = now?.components[0];
    const buttons = row && 'components' in row ? row.components : [];
    const button = buttons.find((button) => 'label' in button && button.label === label);
    if (!button || !('custom_id' in button)) throw new Error(`there is no button ${label}`);
    return await (await ada.press(display.id, button.custom_id)).answered();
  };
  expect((await press('Pause')).content).toContain('Paused');
  const paused = () => ada.sees().find(({ id, embeds }) => id === display.id && embeds[0]?.author?.name === 'Paused');
  await until('the display to say so', paused, 20_000);
  expect((await press('Resume')).content).toContain('Going on');

  await ask(ada, 'leave');
  const away = () =>
    ada.sees().find(({ id, embeds }) => id === display.id && /Not in a voice/.test(embeds[0]?.author?.name ?? ''));
  await until('the display to say that the bot has left', away, 20_000);
  expect((await press('Resume')).content).toContain('Going on');
  const playing = () =>
    ada.sees().find(({ id, embeds }) => id === display.id && embeds[0]?.author?.name === 'Now playing');
  await until('the display to say that the music is back', playing, 20_000);
  expect(ada.sees().filter(({ embeds }) => embeds[0]?.title?.includes('Long Note')).length).toBe(1);
});

it('does not put a deleted display back for the same track', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const song = await stage.song('song.webm');
  await stage.startBot({ NOW_PLAYING_REFRESH_MS: '1000' });
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  const display = await sees(ada, 'the display', ({ embeds }) => embeds[0]?.author?.name === 'Now playing');

  loopback.world.deleteMessage(display.channelId, display.id);
  const edits = () =>
    loopback.rest.requests.filter(({ method, status }) => method === 'PATCH' && status === 404).length;
  await until('the bot to notice', () => edits() > 0, 20_000);
  await ask(ada, 'pause');
  await ask(ada, 'resume');
  const heard = loopback.heard('ada').length;
  await loopback.ears('ada').waitFor((packets) => packets.length > heard + 120, 20_000);

  expect(edits()).toBe(1);
  expect(ada.sees().some(({ embeds }) => embeds[0]?.author?.name === 'Now playing')).toBe(false);
});
