/** Discord's nested list of what is wrong with a body: keys and indexes down to `_errors`. */
export interface FormErrors {
  [key: string]: FormErrors | readonly FormError[];
}

/** One thing wrong with one field. */
export interface FormError {
  readonly code: string;
  readonly message: string;
}

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
const ERRORS = {
  general: { status: 404, code: 0, message: '404: Not Found' },
  methodNotAllowed: { status: 405, code: 0, message: '405: Method Not Allowed' },
  unauthorized: { status: 401, code: 0, message: '401: Unauthorized' },
  tooLarge: { status: 413, code: 40_005, message: 'Request entity too large' },
  internal: { status: 500, code: 0, message: '500: Internal Server Error' },
  unknownApplication: { status: 404, code: 10_002, message: 'Unknown Application' },
  unknownChannel: { status: 404, code: 10_003, message: 'Unknown Channel' },
  unknownGuild: { status: 404, code: 10_004, message: 'Unknown Guild' },
  unknownMember: { status: 404, code: 10_007, message: 'Unknown Member' },
  unknownMessage: { status: 404, code: 10_008, message: 'Unknown Message' },
  unknownUser: { status: 404, code: 10_013, message: 'Unknown User' },
  unknownWebhook: { status: 404, code: 10_015, message: 'Unknown Webhook' },
  unknownInteraction: { status: 404, code: 10_062, message: 'Unknown interaction' },
  unknownCommand: { status: 404, code: 10_063, message: 'Unknown application command' },
  unknownVoiceState: { status: 404, code: 10_065, message: 'Unknown Voice State' },
  notYourApplication: {
    status: 403,
    code: 20_012,
    message: 'You are not authorized to perform this action on this application',
  },
  tooManyAttachments: {
    status: 400,
    code: 30_015,
    message: 'Maximum number of attachments in a message reached (10).',
  },
  tooManyCommands: { status: 400, code: 30_032, message: 'Maximum number of application commands reached (100).' },
  alreadyAcknowledged: { status: 400, code: 40_060, message: 'Interaction has already been acknowledged.' },
  missingAccess: { status: 403, code: 50_001, message: 'Missing Access' },
  notYourMessage: { status: 403, code: 50_005, message: 'Cannot edit a message authored by another user' },
  emptyMessage: { status: 400, code: 50_006, message: 'Cannot send an empty message' },
  wrongChannelType: { status: 400, code: 50_024, message: 'Cannot execute action on this channel type' },
  missingPermissions: { status: 403, code: 50_013, message: 'Missing Permissions' },
  invalidWebhookToken: { status: 401, code: 50_027, message: 'Invalid Webhook Token' },
  invalidForm: { status: 400, code: 50_035, message: 'Invalid Form Body' },
  invalidJson: { status: 400, code: 50_109, message: 'The request body contains invalid JSON.' },
} as const satisfies Record<string, { status: number; code: number; message: string }>;

/** The names of the errors that Discord answers with. */
export type ApiErrorName = keyof typeof ERRORS;

/** Why a request is refused, as the client reads it. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: number;
  readonly errors: FormErrors | null;
  override readonly name: ApiErrorName;

  constructor(name: ApiErrorName, errors: FormErrors | null = null) {
    super(ERRORS[name].message);
    this.name = name;
    this.status = ERRORS[name].status;
    this.code = ERRORS[name].code;
    this.errors = errors;
  }

  toJSON(): Record<string, unknown> {
    return { message: this.message, code: this.code, ...(this.errors && { errors: this.errors }) };
  }
}

/** The error when a request asks for what Discord has and this double does not; the server lists it as a problem. */
export class NotInTheDouble extends Error {}
