import { array, assert, constantFrom, dictionary, integer, jsonValue, letrec, oneof, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { autocompletion, commandBodies, commandBody } from '../../loopback/rest/validate/commands.ts';
import { parse } from '../../loopback/rest/validate/form.ts';
import { parseMessage } from '../../loopback/rest/validate/message.ts';
import { problems, times, x } from './validation-problems.ts';

const command = (more: object = {}) => ({ name: 'play', description: 'Play', ...more });
const option = (more: object = {}) => ({ type: 3, name: 'query', description: 'What', ...more });

describe('commands', () => {
  it.each<[string, object, string[]]>([
    ['letters of any script', command({ name: 'спой-ไทย' }), []],
    ['an upper-case name', command({ name: 'Play' }), ['name: APPLICATION_COMMAND_INVALID_NAME']],
    [
      'a name of 33',
      command({ name: x(33) }),
      ['name: BASE_TYPE_BAD_LENGTH', 'name: APPLICATION_COMMAND_INVALID_NAME'],
    ],
    ['a description of 101', command({ description: x(101) }), ['description: BASE_TYPE_MAX_LENGTH']],
    ['no description', { name: 'play' }, ['description: BASE_TYPE_REQUIRED']],
    ['25 options', command({ options: times(25, (n) => option({ name: `o${n}` })) }), []],
    [
      '26 options',
      command({ options: times(26, (n) => option({ name: `o${n}` })) }),
      ['options: BASE_TYPE_MAX_LENGTH'],
    ],
    [
      'an option of a strange type',
      command({ options: [option({ type: 12 })] }),
      ['options.0.type: UNION_TYPE_CHOICES'],
    ],
    [
      'an option with a bad name',
      command({ options: [option({ name: 'the query' })] }),
      ['options.0.name: STRING_TYPE_REGEX'],
    ],
    [
      'the same option twice',
      command({ options: [option(), option()] }),
      ['options.1: APPLICATION_COMMAND_OPTION_NAME_ALREADY_EXISTS'],
    ],
    [
      'a required option after another',
      command({ options: [option(), option({ name: 'b', required: true })] }),
      ['options.1: APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID'],
    ],
    [
      '25 choices',
      command({ options: [option({ choices: times(25, (n) => ({ name: `${n}`, value: `${n}` })) })] }),
      [],
    ],
    [
      '26 choices',
      command({ options: [option({ choices: times(26, (n) => ({ name: `${n}`, value: `${n}` })) })] }),
      ['options.0.choices: BASE_TYPE_MAX_LENGTH'],
    ],
    [
      'a choice of the wrong type',
      command({ options: [option({ choices: [{ name: 'a', value: 1 }] })] }),
      ['options.0.choices.0.value: STRING_TYPE_CONVERT'],
    ],
    [
      'a long choice',
      command({ options: [option({ choices: [{ name: x(101), value: 'a' }] })] }),
      ['options.0.choices.0.name: BASE_TYPE_BAD_LENGTH'],
    ],
    [
      'choices that also complete',
      command({ options: [option({ autocomplete: true, choices: [{ name: 'a', value: 'a' }] })] }),
      ['options.0.choices: APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES_MUTUALLY_EXCLUSIVE'],
    ],
    [
      'a range that is upside down',
      command({ options: [option({ type: 4, min_value: 2, max_value: 1 })] }),
      ['options.0.max_value: APPLICATION_COMMAND_OPTION_RANGE_INVALID'],
    ],
    [
      'a whole number that is none',
      command({ options: [option({ type: 4, min_value: 0.5 })] }),
      ['options.0.min_value: NUMBER_TYPE_COERCE'],
    ],
    ['a subcommand', command({ options: [{ type: 1, name: 'sub', description: 'a', options: [option()] }] }), []],
    [
      'a subcommand beside an option',
      command({ options: [{ type: 1, name: 'sub', description: 'a' }, option()] }),
      ['options.1.type: UNION_TYPE_CHOICES'],
    ],
    [
      '8001 characters',
      command({
        options: times(25, (n) =>
          option({ name: `o${n}`, choices: times(4, (m) => ({ name: `${m}`, value: x(78) })) }),
        ),
      }),
      [': APPLICATION_COMMAND_TOO_LARGE'],
    ],
    ['a menu command with spaces', { type: 2, name: 'Show the song' }, []],
    [
      'a menu command with a description',
      { type: 2, name: 'Show', description: 'a' },
      ['description: APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED'],
    ],
  ])('with %s', (_, body, expected) => {
    expect(problems(() => parse(commandBody, body))).toEqual(expected);
  });

  it('have different names', () => {
    expect(problems(() => parse(commandBodies, [command(), command()]))).toEqual([
      '1: APPLICATION_COMMANDS_DUPLICATE_NAME',
    ]);
  });
});

describe('autocomplete', () => {
  it('takes 25 choices with names of up to 100 characters', () => {
    const choices = (count: number, length: number) => ({
      choices: times(count, () => ({ name: x(length), value: 1 })),
    });
    expect(problems(() => parse(autocompletion, choices(25, 100)))).toEqual([]);
    expect(problems(() => parse(autocompletion, choices(26, 100)))).toEqual(['choices: BASE_TYPE_MAX_LENGTH']);
    expect(problems(() => parse(autocompletion, choices(1, 101)))).toEqual(['choices.0.name: BASE_TYPE_BAD_LENGTH']);
  });
});

it('judges any JSON at all without breaking', () => {
  const likely = constantFrom(
    'content',
    'embeds',
    'components',
    'type',
    'options',
    'choices',
    'name',
    'flags',
    'fields',
    'url',
  );
  const value = letrec((tie) => ({
    any: oneof(
      { depthSize: 'small' },
      jsonValue(),
      array(tie('any')),
      dictionary(likely, tie('any')),
      integer({ min: 0, max: 20 }),
    ),
  })).any;
  assert(
    property(value, (body) => {
      expect(problems(() => parseMessage(body))).toBeInstanceOf(Array);
      expect(problems(() => parse(commandBodies, body))).toBeInstanceOf(Array);
      expect(problems(() => parse(autocompletion, body))).toBeInstanceOf(Array);
    }),
  );
});
