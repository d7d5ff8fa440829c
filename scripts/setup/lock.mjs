import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CannotSetUp, say } from './run.mjs';

const LONGEST_WAIT_MS = 20 * 60_000;

/** Runs `work` while no other process holds the lock file. A lock whose process is gone is taken over. */
export async function withLock(path, work) {
  await take(path);
  // A signal ends the process without `finally`; the lock is then found to be of a process that is gone.
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

async function take(path) {
  mkdirSync(dirname(path), { recursive: true });
  const began = Date.now();
  for (let told = false; !tryToTake(path);) {
    const holder = holderOf(path);
    if (holder !== null && !isAlive(holder)) {
      remove(path, holder);
      continue;
    }
    if (Date.now() - began > LONGEST_WAIT_MS) {
      throw new CannotSetUp(`Another set-up (process ${holder}) does not end. If it hangs, end it, or remove ${path}.`);
    }
    if (!told) say(`another set-up is running (process ${holder}); waiting for it`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** The file appears with its content or not at all, because a link to a finished file is made in one step. */
function tryToTake(path) {
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Removes the lock of a process that is gone, unless somebody else has replaced it just now. */
function remove(path, gone) {
  const aside = `${path}.gone.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (holderOf(aside) !== gone) renameSync(aside, path);
  else rmSync(aside, { force: true });
}

function holderOf(path) {
  try {
    return Number(readFileSync(path, 'utf8')) || null;
  } catch {
    return null;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
