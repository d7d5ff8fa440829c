import { readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Who may import whom inside src. This table is the architecture; change it on purpose. `types` are `import type` only. */
const MAY_IMPORT: Readonly<Record<string, { readonly values: readonly string[]; readonly types?: readonly string[] }>> =
  {
    '.': { values: ['*'] },
    discord: {
      values: ['commands', 'now-playing', 'config'],
      types: ['player', 'queue', 'voice', 'sources', 'storage', 'settings'],
    },
    commands: { values: ['queue', 'voice', 'settings'], types: ['player', 'sources', 'now-playing', 'library'] },
    'now-playing': { values: ['queue'], types: ['player', 'voice', 'storage', 'sources'] },
    player: { values: ['queue', 'sources', 'voice'] },
    settings: { values: [], types: ['storage'] },
    library: { values: ['queue'], types: ['storage', 'sources'] },
    queue: { values: [], types: ['storage', 'sources'] },
    sources: { values: ['storage'] },
    voice: { values: [], types: ['storage'] },
    doctor: { values: ['sources', 'storage'] },
    config: { values: [] },
    storage: { values: [] },
    telemetry: { values: [] },
    lib: { values: [] },
  };
/** Everybody may use these; they use nobody above them. */
const FOR_ALL = ['lib', 'telemetry'];

/** Packages that only some places of src may know, so that each can be replaced there. */
const AT_HOME: Readonly<Record<string, readonly string[]>> = {
  'discord.js': ['discord/', 'commands/', 'now-playing/'],
  '@discordjs/voice': ['voice/', 'player/'],
  keyv: ['storage/'],
  '@keyv/sqlite': ['storage/'],
  pg: ['storage/'],
  'youtube-dl-exec': ['sources/yt-dlp-program.ts'],
};

const LOOPBACK_PACKAGES = new Set(['discord-api-types', 'ws', '@snazzah/davey', 'selfsigned', '@noble/ciphers', 'zod']);
const LONGEST_FILE = 250;

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const sourceFiles = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|mjs)$/.test(file))
    .map((file) => join(folder, file));
const text = (file: string) => readFileSync(file, 'utf8');

/** Static imports, re-exports and `import()` in the text of a file. `import { type A }` is not type-only: it keeps the import alive. */
function importsIn(code: string, file: string): readonly Import[] {
  const statements = code.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm);
  const dynamic = code.matchAll(/\b(?:import|require)\(\s*'([^']+)'\s*\)/g);
  return [
    ...[...statements].map(([, type, specifier = '']) => ({ file, specifier, typeOnly: type !== undefined })),
    ...[...dynamic].map(([, specifier = '']) => ({ file, specifier, typeOnly: false })),
  ];
}

const importsOf = (file: string) => importsIn(text(file), file);
const isRelative = ({ specifier }: Import) => specifier.startsWith('.');
const targetOf = ({ file, specifier }: Import) => normalize(join(dirname(file), specifier));
const packageOf = ({ specifier }: Import) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
const isBuiltin = ({ specifier }: Import) => specifier.startsWith('node:') || builtinModules.includes(specifier);
/** The folder below src. The settings are a layer of their own: the edge may know them, app.ts it may not. */
const layerOf = (file: string) =>
  file === join('src', 'config.ts') ? 'config' : (file.split(sep).slice(1, -1)[0] ?? '.');
const topOf = (file: string) => file.split(sep)[0];
const tell = (found: readonly Import[]) => found.map(({ file, specifier }) => `${file} imports ${specifier}`);

const src = sourceFiles('src');
const loopback = sourceFiles('loopback');
const tests = sourceFiles('tests');
const rest = [...sourceFiles('scripts'), ...sourceFiles('bench')];
const importsOfSrc = src.flatMap(importsOf);
const importsOfLoopback = loopback.flatMap(importsOf);

describe('src', () => {
  it('has only folders that are in the table', () => {
    expect([...new Set(src.map(layerOf))].filter((layer) => !(layer in MAY_IMPORT))).toEqual([]);
  });

  it('imports only downwards', () => {
    const wrong = importsOfSrc.filter(isRelative).filter((one) => {
      const { values = [], types = [] } = MAY_IMPORT[layerOf(one.file)] ?? {};
      const allowed = [layerOf(one.file), ...FOR_ALL, ...values, ...(one.typeOnly ? types : [])];
      const isFoundation = ['lib', 'telemetry', 'storage'].includes(layerOf(one.file));
      const to = layerOf(targetOf(one));
      return !values.includes('*') && !(isFoundation ? [layerOf(one.file), 'lib'] : allowed).includes(to);
    });
    expect(tell(wrong)).toEqual([]);
  });

  it('tells in its README who may import whom', () => {
    const [, section = ''] = text(join('src', 'README.md')).split('## Who may import whom');
    const names = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    const rows = section.matchAll(/^\| `([^`]+)` \|(.*)\|(.*)\|$/gm);
    const told = [...rows].map(([, folder = '', values = '', types = '']) => [folder, names(values), names(types)]);
    const held = Object.entries(MAY_IMPORT).filter(([folder]) => folder !== '.');
    expect(told).toEqual(held.map(([folder, { values, types = [] }]) => [folder, values, types]));
  });

  it('stays inside of src', () => {
    expect(tell(importsOfSrc.filter(isRelative).filter((one) => topOf(targetOf(one)) !== 'src'))).toEqual([]);
  });

  it('uses each big package only where it is at home', () => {
    const wrong = importsOfSrc.filter((one) => {
      const homes = AT_HOME[packageOf(one)];
      const place = one.file.split(sep).slice(1).join('/');
      return homes !== undefined && layerOf(one.file) !== '.' && !homes.some((home) => place.startsWith(home));
    });
    expect(tell(wrong)).toEqual([]);
  });

  it('uses packages at run time that are no development dependencies', () => {
    const { dependencies }: { dependencies: object } = JSON.parse(text('package.json'));
    const wrong = importsOfSrc.filter((one) => !isRelative(one) && !isBuiltin(one) && !one.typeOnly);
    expect(tell(wrong.filter((one) => !(packageOf(one) in dependencies)))).toEqual([]);
  });

  it('reads the environment in main.ts only', () => {
    const wrong = src.filter((file) => /\bprocess\s*\.\s*env\b|\bprocess\s*\[/.test(withoutComments(file)));
    expect(wrong.filter((file) => file !== join('src', 'main.ts'))).toEqual([]);
  });

  it('has no state of modules', () => {
    expect(src.filter((file) => /^(export )?(let|var)\s/m.test(text(file)))).toEqual([]);
  });
});

describe('loopback', () => {
  it('stays inside of loopback', () => {
    expect(tell(importsOfLoopback.filter(isRelative).filter((one) => topOf(targetOf(one)) !== 'loopback'))).toEqual([]);
  });

  it('trusts no package but its few', () => {
    const foreign = importsOfLoopback.filter((one) => !isRelative(one) && !isBuiltin(one));
    expect(tell(foreign.filter((one) => !LOOPBACK_PACKAGES.has(packageOf(one))))).toEqual([]);
  });
});

describe('this test', () => {
  it('sees every way to import', () => {
    const code = [
      `import { a } from './a.ts';`,
      `import type { B } from './b.ts';`,
      `import {\n  c,\n  type D,\n} from './c.ts';`,
      `import './e.ts';`,
      `export { f } from './f.ts';`,
      `export * from './g.ts';`,
      `const h = await import('./h.ts');`,
      `const text = "from './no.ts'";`,
    ].join('\n');
    expect(
      importsIn(code, 'x.ts').map(({ specifier, typeOnly }) => (typeOnly ? `type ${specifier}` : specifier)),
    ).toEqual(['./a.ts', 'type ./b.ts', './c.ts', './e.ts', './f.ts', './g.ts', './h.ts']);
  });
});

describe('the tests', () => {
  const others = tests.filter((file) => file !== join('tests', 'architecture.test.ts'));

  it('mock no module', () => {
    expect(others.filter((file) => /\bvi\s*\.\s*(mock|doMock|hoisted)\b/.test(text(file)))).toEqual([]);
  });

  it('are all run', () => {
    expect(
      others.filter((file) => /\b(it|test|describe)\.(skip|only|todo|fails|skipIf|runIf)\b/.test(text(file))),
    ).toEqual([]);
  });
});

describe('every file', () => {
  it(`has at most ${LONGEST_FILE} lines, or says at its top why not`, () => {
    const long = [...src, ...loopback, ...rest].filter((file) => {
      const lines = text(file).trimEnd().split('\n');
      return lines.length > LONGEST_FILE && !lines.slice(0, 5).some((line) => line.includes('Over 250 lines because'));
    });
    expect(long.map((file) => `${file}: ${text(file).trimEnd().split('\n').length} lines`)).toEqual([]);
  });

  it('imports files by their whole name', () => {
    const imports = [...src, ...loopback, ...tests, ...rest].flatMap(importsOf).filter(isRelative);
    expect(tell(imports.filter(({ specifier }) => !/\.(ts|mjs|json)(\?\w+)?$/.test(specifier)))).toEqual([]);
  });
});

function withoutComments(file: string): string {
  return text(file)
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|\s)\/\/.*$/gm, '');
}
