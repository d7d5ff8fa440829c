import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../loopback/rest/validate/message.ts';
import { problems, times, x } from './validation-problems.ts';

const row = (...components: object[]) => ({ type: 1, components });
const button = (custom_id: string, more: object = {}) => ({ type: 2, style: 1, label: 'go', custom_id, ...more });
const select = (more: object = {}) => ({ type: 3, custom_id: 'menu', options: [{ label: 'a', value: 'a' }], ...more });

describe('messages', () => {
  it.each<[string, object, string[]]>([
    ['content of 2000', { content: x(2000) }, []],
    ['2000 emoji of two units each', { content: '🎵'.repeat(2000) }, []],
    ['content of 2001', { content: x(2001) }, ['content: BASE_TYPE_MAX_LENGTH']],
    ['content that is no text', { content: {} }, ['content: STRING_TYPE_CONVERT']],
    ['10 embeds', { embeds: times(10, () => ({ title: 'a' })) }, []],
    ['11 embeds', { embeds: times(11, () => ({ title: 'a' })) }, ['embeds: BASE_TYPE_MAX_LENGTH']],
    ['an empty embed', { embeds: [{}] }, ['embeds.0.description: BASE_TYPE_REQUIRED']],
    [
      'long texts in an embed',
      { embeds: [{ title: x(257), author: { name: x(257) } }] },
      ['embeds.0.title: BASE_TYPE_MAX_LENGTH', 'embeds.0.author.name: BASE_TYPE_BAD_LENGTH'],
    ],
    ['a description of 4097', { embeds: [{ description: x(4097) }] }, ['embeds.0.description: BASE_TYPE_MAX_LENGTH']],
    ['a footer of 2049', { embeds: [{ footer: { text: x(2049) } }] }, ['embeds.0.footer.text: BASE_TYPE_BAD_LENGTH']],
    [
      '26 fields',
      { embeds: [{ fields: times(26, () => ({ name: 'a', value: 'b' })) }] },
      ['embeds.0.fields: BASE_TYPE_MAX_LENGTH'],
    ],
    [
      'an empty field',
      { embeds: [{ fields: [{ name: '', value: x(1025) }] }] },
      ['embeds.0.fields.0.name: BASE_TYPE_BAD_LENGTH', 'embeds.0.fields.0.value: BASE_TYPE_BAD_LENGTH'],
    ],
    ['6000 characters of embeds', { embeds: [{ description: x(4000) }, { description: x(2000) }] }, []],
    [
      '6001 characters of embeds',
      { embeds: [{ description: x(4000) }, { description: x(2001) }] },
      ['embeds: MAX_EMBED_SIZE_EXCEEDED'],
    ],
    [
      'a URL of another scheme',
      { embeds: [{ title: 'a', url: 'file:///etc/passwd' }] },
      ['embeds.0.url: URL_TYPE_INVALID_SCHEME'],
    ],
    [
      'a picture from nowhere',
      { embeds: [{ image: { url: 'nowhere' } }] },
      ['embeds.0.image.url: URL_TYPE_INVALID_URL'],
    ],
    ['an attached picture', { embeds: [{ image: { url: 'attachment://a.png' } }] }, []],
    [
      'a time that is none',
      { embeds: [{ title: 'a', timestamp: 'noon' }] },
      ['embeds.0.timestamp: DATE_TIME_TYPE_PARSE'],
    ],
    [
      'mentions of a strange kind',
      { allowed_mentions: { parse: ['cats'] } },
      ['allowed_mentions.parse.0: BASE_TYPE_CHOICES'],
    ],
    [
      'mentions that contradict',
      { allowed_mentions: { parse: ['users'], users: ['1'] } },
      ['allowed_mentions: MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE'],
    ],
  ])('with %s', (_, body, expected) => {
    expect(problems(() => parseMessage(body))).toEqual(expected);
  });

  it('are refused in Discord’s own shape', () => {
    expect(() => parseMessage({ content: x(2001) })).toThrow(
      expect.objectContaining({
        code: 50_035,
        status: 400,
        message: 'Invalid Form Body',
        errors: {
          content: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 2000 or fewer in length.' }] },
        },
      }),
    );
  });
});

describe('components', () => {
  it.each<[string, object[], string[]]>([
    ['five rows of five', times(5, (r) => row(...times(5, (n) => button(`${r}-${n}`)))), []],
    ['six rows', times(6, (r) => row(button(`${r}`))), ['components: BASE_TYPE_MAX_LENGTH']],
    [
      'six buttons in a row',
      [row(...times(6, (n) => button(`${n}`)))],
      ['components.0.components: BASE_TYPE_BAD_LENGTH'],
    ],
    ['an empty row', [row()], ['components.0.components: BASE_TYPE_BAD_LENGTH']],
    ['a button outside a row', [button('a')], ['components.0.type: UNION_TYPE_CHOICES']],
    [
      'the same id twice',
      [row(button('a')), row(button('a'))],
      ['components.1.components.0.custom_id: COMPONENT_CUSTOM_ID_DUPLICATED'],
    ],
    ['an id of 101', [row(button(x(101)))], ['components.0.components.0.custom_id: BASE_TYPE_BAD_LENGTH']],
    ['a label of 81', [row(button('a', { label: x(81) }))], ['components.0.components.0.label: BASE_TYPE_MAX_LENGTH']],
    [
      'a button without an id',
      [row({ type: 2, style: 1, label: 'a' })],
      ['components.0.components.0.custom_id: BASE_TYPE_REQUIRED'],
    ],
    ['a link', [row({ type: 2, style: 5, label: 'a', url: 'https://example.org' })], []],
    [
      'a link without a URL',
      [row({ type: 2, style: 5, label: 'a' })],
      ['components.0.components.0.url: BASE_TYPE_REQUIRED'],
    ],
    [
      'a link with an id',
      [row({ type: 2, style: 5, label: 'a', custom_id: 'a', url: 'https://example.org' })],
      ['components.0.components.0.custom_id: BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE'],
    ],
    ['a strange style', [row(button('a', { style: 9 }))], ['components.0.components.0.style: BASE_TYPE_CHOICES']],
    ['a menu', [row(select())], []],
    [
      'a menu beside a button',
      [row(select(), button('a'))],
      ['components.0.components.1: COMPONENT_LAYOUT_WIDTH_EXCEEDED'],
    ],
    [
      'a menu of 26',
      [row(select({ options: times(26, (n) => ({ label: 'a', value: `${n}` })) }))],
      ['components.0.components.0.options: BASE_TYPE_BAD_LENGTH'],
    ],
    [
      'a menu with a value twice',
      [row(select({ options: times(2, () => ({ label: 'a', value: 'a' })) }))],
      ['components.0.components.0.options.1: SELECT_COMPONENT_OPTION_VALUE_DUPLICATED'],
    ],
    ['a text without the flag', [{ type: 10, content: 'a' }], ['components.0.type: UNION_TYPE_CHOICES']],
  ])('with %s', (_, components, expected) => {
    expect(problems(() => parseMessage({ components }))).toEqual(expected);
  });

  it('of the second version come with their flag and without content', () => {
    const components = [{ type: 17, components: [{ type: 10, content: 'a' }, row(button('a'))] }];
    expect(problems(() => parseMessage({ flags: 32_768, components }))).toEqual([]);
    expect(problems(() => parseMessage({ flags: 32_768, components, content: 'a' }))).toEqual([
      'content: MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
    ]);
    expect(problems(() => parseMessage({ components }, [], 32_768))).toEqual([]);
  });
});
