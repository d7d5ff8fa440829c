import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/doctor/run-doctor.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/doctor.ts');
const TOKEN = `${Buffer.from('123456789012345678').toString('base64url')}.AbCdEf.the-part-that-nobody-may-see`;

describe('npm run doctor', () => {
  let dataDir: string;
  beforeAll(async () => void (dataDir = await mkdtemp(join(tmpdir(), 'tenuto-doctor-'))));
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  function doctor(environment: Readonly<Record<string, string>>): Promise<{ code: number; lines: readonly string[] }> {
    const env = { PATH: process.env['PATH'], DATA_DIR: dataDir, ...environment };
    return new Promise((resolve) => {
      execFile(process.execPath, [SCRIPT, '--json'], { env }, (error, stdout) => {
        resolve({ code: Number(error?.code ?? 0), lines: stdout.trimEnd().split('\n') });
      });
    });
  }
  const reportOf = (lines: readonly string[]): Report => JSON.parse(lines.at(-1) ?? '');

  it('ends well when the bot can start, with a table and then one line of JSON', async () => {
    const { code, lines } = await doctor({ DISCORD_TOKEN: TOKEN });
    expect(code, lines.join('\n')).toBe(0);
    expect(reportOf(lines)).toMatchObject({ canStart: true });
    expect(lines.some((line) => line.startsWith('ok    token '))).toBe(true);
  });

  it('looks at everything else when there is no token yet', async () => {
    const { code, lines } = await doctor({});
    const failed = reportOf(lines).rows.filter(
      ({ verdict, severity }) => verdict === 'fail' && severity === 'required',
    );
    expect(failed.map(({ name }) => name)).toEqual(['token']);
    expect(code).toBe(1);
  });

  it('tells of settings that are wrong', async () => {
    const { code, lines } = await doctor({ DISCORD_TOKEN: TOKEN, QUEUE_LIMIT: 'many' });
    expect(reportOf(lines).rows.find(({ name }) => name === 'settings')?.found).toContain('QUEUE_LIMIT');
    expect(code).toBe(1);
  });
});
