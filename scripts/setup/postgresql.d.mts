export function postgresFolder(environment?: NodeJS.ProcessEnv): string | null;
